import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChainClock } from './ChainClock.ts'

describe('the time of blocks', () => {
  it('is later than the block before, and never before the clock', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 40n }), fc.integer({ min: 0, max: 2 ** 40 }), fc.boolean(), (parent, wall, shared) => {
        const clock = new ChainClock(() => wall, shared)
        const next = clock.next(parent)
        expect((shared ? next >= parent : next > parent) && next >= clock.now()).toBe(true)
        expect(clock.seenFrom(parent) >= parent && clock.seenFrom(parent) >= clock.now()).toBe(true)
      }),
    )
  })

  it('moves on by what it is told, and goes on from a forced time', () => {
    const clock = new ChainClock(() => 1_000_500, false)
    expect(clock.now()).toBe(1_000n)
    clock.advance(60n)
    expect([clock.now(), clock.ahead(1_070n), clock.ahead(900n)]).toEqual([1_060n, 10n, 0n])
    clock.force(5_000n)
    expect(clock.next(1_060n)).toBe(5_000n)
    clock.settled(5_000n)
    expect(clock.now()).toBe(5_000n)
    expect(clock.next(5_000n)).toBe(5_001n)
  })
})
