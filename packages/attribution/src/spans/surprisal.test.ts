import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxSurprisal, surprisal } from './surprisal.ts'

describe('surprisal', () => {
  it('is the ceiling of −1024·log2, exactly at powers of two', () => {
    expect([1, 0.5, 0.25, 2 ** -40, Math.fround(0.1)].map(surprisal)).toEqual([0, 1024, 2048, 40_960, 3402])
    fc.assert(
      fc.property(fc.float({ min: Math.fround(2 ** -63), max: 1, noNaN: true }), (p) => {
        const exact = -1024 * Math.log2(p)
        expect(surprisal(p) - exact).toBeGreaterThan(-1e-6)
        expect(surprisal(p) - exact).toBeLessThan(1 + 1e-6)
      }),
    )
  })

  it('ends at 64 bits, and takes what is no probability as certain or as impossible', () => {
    expect([0, -1, Number.NaN, 1e-30, 2 ** -149, 1e-60].map(surprisal)).toEqual(Array(6).fill(maxSurprisal))
    expect([1.0000001, 2, Number.POSITIVE_INFINITY].map(surprisal)).toEqual([0, 0, 0])
  })
})
