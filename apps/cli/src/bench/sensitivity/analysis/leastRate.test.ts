import { describe, expect, it } from 'vitest'
import { leastRate } from './leastRate.ts'

describe('leastRate', () => {
  it('is what tables of Clopper and Pearson say', () => {
    expect(leastRate(100, 100)).toBeCloseTo(0.05 ** (1 / 100), 6)
    expect(leastRate(0, 10)).toBe(0)
    expect(leastRate(1, 10)).toBeCloseTo(1 - 0.95 ** (1 / 10), 6)
    expect(leastRate(5, 10)).toBeCloseTo(0.2224, 4)
  })
})
