import { describe, expect, it } from 'vitest'
import { drawMutants, intervalOf } from './drawMutants.ts'
import type { Mutant } from './findMutants.ts'

const mutantsOf = (file: string, count: number): Mutant[] =>
  Array.from({ length: count }, (_, k) => ({ id: `${file}${k}`, file, line: k, operator: 'operator', before: '<', after: '<=', start: k, end: k + 1, choice: null }))
const all = [...mutantsOf('A.sol', 600), ...mutantsOf('B.sol', 300), ...mutantsOf('C.sol', 100)]

describe('drawMutants', () => {
  it('draws each file in proportion, to one mutant', () => {
    for (const count of [50, 100, 333]) {
      const drawn = drawMutants(all, count, 'seed')
      expect(new Set(drawn).size).toBe(count)
      for (const [file, part] of [['A.sol', 0.6], ['B.sol', 0.3], ['C.sol', 0.1]] as const) {
        expect(Math.abs(drawn.filter((m) => m.file === file).length - part * count)).toBeLessThanOrEqual(1.5)
      }
    }
  })

  it('begins with every smaller draw, and differs by seed alone', () => {
    const drawn = drawMutants(all, 200, 'seed')
    expect(drawMutants(all, 80, 'seed')).toEqual(drawn.slice(0, 80))
    expect(drawMutants([...all].reverse(), 200, 'seed')).toEqual(drawn)
    expect(drawMutants(all, 200, 'other')).not.toEqual(drawn)
    expect(drawMutants(all, undefined, 'seed').length).toBe(1_000)
  })
})

describe('intervalOf', () => {
  it('is Wilson’s, and narrows to the part itself as all are tried', () => {
    // 81 of 263 gives 0.2553 to 0.3662 in Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    const [low, high] = intervalOf(81, 263, 1e12)
    expect(low).toBeCloseTo(0.2553, 4)
    expect(high).toBeCloseTo(0.3662, 4)
    expect(intervalOf(9, 10, 10)).toEqual([0.9, 0.9])
    const [narrowLow, narrowHigh] = intervalOf(81, 263, 400)
    expect(narrowLow).toBeGreaterThan(low)
    expect(narrowHigh).toBeLessThan(high)
    expect(intervalOf(0, 0, 5)).toEqual([0, 1])
  })
})
