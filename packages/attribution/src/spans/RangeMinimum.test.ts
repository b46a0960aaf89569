import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RangeMinimum } from './RangeMinimum.ts'
import { suffixArray } from './suffixArray.ts'
import { verifySuffixArray } from './verifySuffixArray.ts'

describe('RangeMinimum', () => {
  it('gives the leftmost smallest value of any range, across many blocks', () => {
    const input = fc.integer({ min: 1, max: 3000 }).chain((length) =>
      fc.tuple(
        fc.int32Array({ minLength: length, maxLength: length, min: -40, max: 40, size: 'max' }),
        fc.array(fc.tuple(fc.nat({ max: length - 1 }), fc.nat({ max: length - 1 })), { minLength: 1, maxLength: 30 }),
      ),
    )
    fc.assert(
      fc.property(input, ([values, ranges]) => {
        const minimum = new RangeMinimum(values)
        for (const [a, b] of ranges) {
          const [lo, hi] = [Math.min(a, b), Math.max(a, b) + 1]
          let best = lo
          for (let i = lo; i < hi; i++) if (values[i] < values[best]) best = i
          expect(minimum.argmin(lo, hi)).toBe(best)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('suffixArray at size', () => {
  it('passes the linear check on 200,000 symbols with long repeats', () => {
    const text = new Uint32Array(200_000)
    let state = 9
    for (let i = 0; i < text.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      text[i] = i > 5000 && (i >> 12) % 3 === 0 ? text[i - 4321] : (state >>> 16) % 700
    }
    const suffixes = suffixArray(text, 700)
    expect(verifySuffixArray(text, suffixes)).toBe(-1)
    suffixes.subarray(1000, 1002).reverse()
    expect(verifySuffixArray(text, suffixes)).toBeGreaterThan(0)
  })
})
