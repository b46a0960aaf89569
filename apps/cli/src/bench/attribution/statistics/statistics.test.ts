import { describe, expect, it } from 'vitest'
import { bootstrapInterval } from './bootstrapInterval.ts'
import { ldsByQuery, mean, slopeThroughOrigin, totalVariation } from './lds.ts'
import { ranks, spearman } from './spearman.ts'

describe('spearman', () => {
  it('agrees with published and worked values', () => {
    // IQ and hours of television, the worked example of textbooks: rho = -29/165.
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    expect(spearman(iq, hours)).toBeCloseTo(-29 / 165, 12)
    expect([...ranks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2])
    expect(spearman([1, 2, 3], [5, 5, 5])).toBe(0)
  })
})

describe('lds', () => {
  const bank = [
    { without: [0, 1], rise: [0.3, -1] },
    { without: [1, 2], rise: [0.5, -2] },
    { without: [0, 2], rise: [0.4, -3] },
  ]
  it('is 1 for the additive truth and -1 for its opposite', () => {
    expect([...ldsByQuery([[0.1, 0.2, 0.3], [1, 2, 3]], bank)]).toEqual([1, -0.5])
    expect(mean(ldsByQuery([[-0.1, -0.2, -0.3], [-1, -0, -2]], bank))).toBeCloseTo((-1 + 0.5) / 2 + 0.25, 12)
  })
  it('knows sizes and divisions', () => {
    expect(slopeThroughOrigin([[1, 2], [3, 0]], [[2, 4], [6, 1]])).toBe(2)
    expect(totalVariation([0.5, 0.2], [0.2, 0.2])).toBeCloseTo(0.3)
    expect(totalVariation([1, 0], [0, 1])).toBe(1)
  })
  it('puts an interval around a figure that holds it', () => {
    const values = Array.from({ length: 50 }, (_, i) => i / 49)
    const { low, high } = bootstrapInterval(50, 1, (queries) => mean([...queries].map((q) => values[q])))
    // Standard error .29/√50 = .042.
    expect(low).toBeGreaterThan(0.38)
    expect(low).toBeLessThan(0.45)
    expect(high).toBeGreaterThan(0.55)
    expect(high).toBeLessThan(0.62)
  })
})
