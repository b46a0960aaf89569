import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KernelArena } from './KernelArena.ts'

describe('KernelArena', () => {
  it('never lets two blocks overlap, and keeps what is in them', () => {
    const steps = fc.array(fc.record({ owner: fc.nat({ max: 5 }), bytes: fc.integer({ min: 1, max: 60_000 }), what: fc.constantFrom('hold', 'hold', 'release', 'use') }), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (list) => {
        const arena = new KernelArena(150_000)
        const owners = Array.from({ length: 6 }, () => ({}))
        const sizes = new Map<number, number>()
        for (const { owner, bytes, what } of list) {
          if (what === 'release') arena.release(owners[owner])
          if (what === 'hold') {
            const at = arena.hold(owners[owner], bytes)!
            arena.kernels.int8(at, bytes).fill(owner + 1)
            sizes.set(owner, bytes)
          }
          for (const [o, size] of sizes) {
            if (o !== owner && what === 'use') continue
            const at = arena.use(owners[o])
            if (at === undefined) sizes.delete(o)
            else expect(arena.kernels.int8(at, size).every((v) => v === o + 1)).toBe(true)
          }
          expect(arena.heldBytes).toBeLessThanOrEqual(150_000)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('takes from who was used least recently, and refuses what it can never give', () => {
    const arena = new KernelArena(5 * 4096)
    const [a, b, c] = [{}, {}, {}]
    arena.hold(a, 2 * 4096)
    arena.hold(b, 2 * 4096)
    arena.use(a)
    expect(arena.hold(c, 3 * 4096)).toBeDefined()
    expect([a, b, c].map((owner) => arena.use(owner) !== undefined)).toEqual([true, false, true])
    expect(arena.hold({}, 6 * 4096)).toBeUndefined()
    expect(arena.use(a)).toBeDefined()
  })
})
