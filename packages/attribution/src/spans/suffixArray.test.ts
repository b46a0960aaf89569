import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { referenceSuffixArray } from './referenceSuffixArray.ts'
import { suffixArray } from './suffixArray.ts'
import { verifySuffixArray } from './verifySuffixArray.ts'

function naive(text: readonly number[]): number[] {
  const compare = (a: number, b: number): number => {
    for (; a < text.length && b < text.length; a++, b++) if (text[a] !== text[b]) return text[a] - text[b]
    return b - a
  }
  return [...text.keys()].sort(compare)
}

/** What the kernel gives, when the reference gives the same. */
function build(text: readonly number[]): number[] {
  const [symbols, alphabet] = [Uint32Array.from(text), 1 + Math.max(0, ...text)]
  const built = suffixArray(symbols, alphabet)
  // The reference has tables of the size of the alphabet: gigabytes for the largest symbols.
  if (alphabet < 1 << 20) expect(built).toEqual(referenceSuffixArray(symbols, alphabet))
  return [...built]
}

describe('suffixArray', () => {
  it('sorts as a comparison sort does, over small and large alphabets', () => {
    const texts = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 200 }),
      fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 100 }),
      fc.array(fc.constantFrom(0, 7, 99_999, 100_000), { maxLength: 100 }),
    )
    fc.assert(fc.property(texts, (text) => void expect(build(text)).toEqual(naive(text))), { numRuns: 2000 })
  })

  it('handles runs, periods and Fibonacci words', () => {
    let [a, b] = [[0], [0, 1]]
    while (b.length < 500) [a, b] = [b, [...b, ...a]]
    const cases = [Array<number>(300).fill(0), Array.from({ length: 300 }, (_, i) => i % 3), Array.from({ length: 300 }, (_, i) => 300 - i), b]
    for (const text of cases) expect(build(text)).toEqual(naive(text))
  })

  it('sorts long texts as the reference does', () => {
    let state = 5
    const random = (below: number): number => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 8) % below
    for (const alphabet of [2, 50, 40_000, 65_536, 65_537, 90_000]) {
      const text = new Uint32Array(150_000)
      for (let i = 0; i < text.length; i++) text[i] = i > 9000 && i % 9000 < 4000 ? text[i - 7777] : random(alphabet)
      expect(Buffer.from(suffixArray(text, alphabet).buffer).equals(Buffer.from(referenceSuffixArray(text, alphabet).buffer))).toBe(true)
    }
  })

  it('refuses symbols outside the alphabet', () => {
    for (const bad of [Uint32Array.of(1, 5), Int32Array.of(0, -1)]) expect(() => suffixArray(bad, 5)).toThrow(expect.objectContaining({ code: 'BAD_SYMBOL' }))
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
