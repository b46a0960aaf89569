import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { suffixArray } from './suffixArray.ts'
import { verifySuffixArray } from './verifySuffixArray.ts'

function naive(text: readonly number[]): number[] {
  const compare = (a: number, b: number): number => {
    for (; a < text.length && b < text.length; a++, b++) if (text[a] !== text[b]) return text[a] - text[b]
    return b - a
  }
  return [...text.keys()].sort(compare)
}

const build = (text: readonly number[]): number[] => [...suffixArray(Uint32Array.from(text), 1 + Math.max(0, ...text))]

describe('suffixArray', () => {
  it('sorts as a comparison sort does, over small and large alphabets', () => {
    const texts = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 200 }),
      fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 100 }),
    )
    fc.assert(fc.property(texts, (text) => void expect(build(text)).toEqual(naive(text))), { numRuns: 2000 })
  })

  it('handles runs, periods and Fibonacci words', () => {
    let [a, b] = [[0], [0, 1]]
    while (b.length < 500) [a, b] = [b, [...b, ...a]]
    const cases = [Array<number>(300).fill(0), Array.from({ length: 300 }, (_, i) => i % 3), Array.from({ length: 300 }, (_, i) => 300 - i), b]
    for (const text of cases) expect(build(text)).toEqual(naive(text))
  })

  it('gives the published suffix array of "banana"', () => {
    expect(build([...'banana'].map((c) => c.charCodeAt(0)))).toEqual([5, 3, 1, 0, 4, 2])
  })
})

describe('verifySuffixArray', () => {
  it('accepts the suffix array and refuses any two ranks swapped', () => {
    const input = fc.tuple(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 80 }), fc.nat(), fc.nat())
    fc.assert(
      fc.property(input, ([values, x, y]) => {
        const text = Uint32Array.from(values)
        const suffixes = suffixArray(text, 3)
        expect(verifySuffixArray(text, suffixes)).toBe(-1)
        const [a, b] = [x % text.length, y % text.length]
        if (a === b) return
        ;[suffixes[a], suffixes[b]] = [suffixes[b], suffixes[a]]
        expect(verifySuffixArray(text, suffixes)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('refuses repeated, negative and missing entries', () => {
    const text = Uint32Array.of(1, 0, 1)
    expect(verifySuffixArray(text, Int32Array.of(1, 1, 2))).toBe(1)
    expect(verifySuffixArray(text, Int32Array.of(-1, 1, 2))).toBe(0)
    expect(verifySuffixArray(text, Int32Array.of(1, 2))).toBe(2)
  })
})
