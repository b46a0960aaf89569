import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareRows } from './shareRows.ts'

describe('shareRows', () => {
  it('gives small demands all they want and shares the rest out equally over payers', () => {
    const rows = (...demands: [string, number][]): number[] => shareRows(demands.map(([payer, wanted]) => ({ payer, rows: wanted })), 128)
    expect(rows(['a', 1000], ['b', 20], ['c', 1000])).toEqual([48, 20, 48])
    expect(rows(['a', 1000], ['a', 1000])).toEqual([128, 0])
    expect(rows(['a', 100], ['a', 1000])).toEqual([100, 16])
    expect(rows()).toEqual([])
  })

  it('gives all that is left to others after those that come first', () => {
    const rows = (first: boolean, wanted: number): number[] => shareRows([{ payer: 'a', rows: 1000 }, { payer: 'b', rows: wanted, first }, { payer: 'c', rows: 1000 }], 128)
    expect(rows(true, 64)).toEqual([32, 64, 32])
    expect(rows(true, 1000)).toEqual([0, 128, 0])
    expect(rows(false, 100)).toEqual([32, 32, 32])
  })

  it('never gives more than is wanted or there is, and always gets somewhere', () => {
    const demand = fc.record({ payer: fc.constantFrom('a', 'b', 'c', 'd'), rows: fc.integer({ min: 1, max: 300 }) })
    fc.assert(
      fc.property(fc.array(demand, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 300 }), (demands, budget) => {
        const shares = shareRows(demands, budget)
        const sum = shares.reduce((total, share) => total + share, 0)
        expect(sum).toBeLessThanOrEqual(budget)
        expect(shares[0]! > 0 || demands.some(({ payer }, index) => payer === demands[0]!.payer && shares[index]! > 0)).toBe(true)
        shares.forEach((share, index) => expect(share).toBeLessThanOrEqual(demands[index]!.rows))
        // Work is only left undone for the sake of whole pieces.
        const wanted = demands.reduce((total, { rows }) => total + rows, 0)
        if (new Set(demands.map(({ payer }) => payer)).size * 16 <= budget) expect(Math.min(wanted, budget) - sum).toBeLessThanOrEqual(4 * 16)
      }),
    )
  })
})
