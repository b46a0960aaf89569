import { describe, expect, it } from 'vitest'
import { tailQuantile } from './tailQuantile.ts'

/** Evenly spaced probabilities: a sample without chance. */
const even = (count: number, inverse: (p: number) => number): number[] => Array.from({ length: count }, (_, i) => inverse((i + 0.5) / count))

describe('tailQuantile', () => {
  it('goes on an exponential tail to where it is not seen any more', () => {
    const { quantile, shape, scale } = tailQuantile(even(4000, (p) => -3 * Math.log(1 - p)), 1e-6)
    expect(shape).toBeLessThan(0.05)
    expect(scale).toBeGreaterThan(2.7)
    // −3 ln 10⁻⁶ = 41.4
    expect(quantile).toBeGreaterThan(38)
    expect(quantile).toBeLessThan(47)
  })

  it('sees a heavier tail, and takes a bounded one for an exponential', () => {
    // Pareto with shape 1/4: quantile (10⁻⁵)^(−1/4) = 17.8.
    const heavy = tailQuantile(even(4000, (p) => (1 - p) ** -0.25), 1e-5)
    expect(heavy.shape).toBeCloseTo(0.25, 1)
    expect(heavy.quantile).toBeGreaterThan(14)
    expect(heavy.quantile).toBeLessThan(22)
    const bounded = tailQuantile(even(1000, (p) => p), 1e-4)
    expect(bounded.shape).toBe(0)
    expect(bounded.quantile).toBeGreaterThan(1)
  })

  it('is never below what was seen, and refuses a handful', () => {
    expect(tailQuantile([...even(500, () => 0), 7], 1e-4).quantile).toBeGreaterThanOrEqual(7)
    expect(tailQuantile(even(500, () => 0), 1e-4).quantile).toBe(0)
    expect(() => tailQuantile([1, 2, 3], 1e-4)).toThrow(expect.objectContaining({ code: 'FEW_VALUES' }))
  })
})
