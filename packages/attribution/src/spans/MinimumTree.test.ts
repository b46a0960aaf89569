import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { earliestLevels, EarliestRecords } from './EarliestRecords.ts'
import { MinimumTree } from './MinimumTree.ts'
import { RecordPlaces } from './RecordPlaces.ts'

describe('MinimumTree', () => {
  it('finds the nearest smaller value to either side, across many blocks', () => {
    const input = fc.integer({ min: 1, max: 3000 }).chain((length) =>
      fc.tuple(
        fc.int32Array({ minLength: length, maxLength: length, min: 0, max: 60, size: 'max' }),
        fc.array(fc.tuple(fc.nat({ max: length - 1 }), fc.nat({ max: 40 })), { minLength: 1, maxLength: 30 }),
      ),
    )
    fc.assert(
      fc.property(input, ([values, queries]) => {
        const tree = new MinimumTree(values)
        for (const [at, bound] of queries) {
          expect(tree.lastBelow(at, bound)).toBe(values.subarray(0, at + 1).findLastIndex((v) => v < bound))
          const after = values.subarray(at).findIndex((v) => v < bound)
          expect(tree.firstBelow(at, bound)).toBe(after < 0 ? -1 : at + after)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('climbs over thousands of larger values', () => {
    const values = new Int32Array(200_000).fill(9)
    values[0] = values[199_999] = values[70_001] = -1
    const tree = new MinimumTree(values)
    expect([tree.lastBelow(70_000, 9), tree.lastBelow(199_998, 9), tree.firstBelow(70_002, 0), tree.firstBelow(1, 9)]).toEqual([0, 70_001, 199_999, 70_001])
    expect([tree.lastBelow(5, -1), tree.firstBelow(5, -1)]).toEqual([-1, -1])
  })
})

describe('EarliestRecords', () => {
  it('gives the first records of a range, each once and with its lowest rank', () => {
    const input = fc.tuple(fc.integer({ min: 1, max: 2500 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 5 }), fc.nat(), fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 20 }))
    fc.assert(
      fc.property(input, ([count, records, size, seed, ranges]) => {
        let state = seed | 1
        const priorities = Int32Array.from({ length: count }, () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 8) % records)
        const priorityAt = (rank: number): number => priorities[rank]
        const earliest = new EarliestRecords(earliestLevels(count, size, priorityAt), size, priorityAt)
        for (const [x, y] of ranges) {
          const [a, b] = [x % (count + 1), y % (count + 1)]
          const [lo, hi] = [Math.min(a, b), Math.max(a, b)]
          const firsts = new Map<number, number>()
          for (let rank = lo; rank < hi; rank++) if (!firsts.has(priorities[rank])) firsts.set(priorities[rank], rank)
          const expected = [...firsts].sort(([p], [q]) => p - q).slice(0, size)
          expect(earliest.find(lo, hi)).toEqual(expected.map(([, rank]) => rank))
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('RecordPlaces', () => {
  it('names the record of every position', () => {
    const lengths = [2, 300, 2, 2, 2, 65, 64, 63, 2, 1000]
    const starts = Int32Array.from([0, ...lengths.map((_, k) => lengths.slice(0, k + 1).reduce((a, b) => a + b))])
    const places = new RecordPlaces(starts)
    for (let position = 0; position < starts.at(-1)!; position++) expect(places.recordAt(position)).toBe(starts.findLastIndex((s) => s <= position))
  })
})
