import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { punicaCounts, punicaMix, punicaMixes } from './punicaMix.ts'
import { RandomStream } from './RandomStream.ts'
import { type SloraOptions, sloraWorkload } from './sloraWorkload.ts'

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const moment = (values: readonly number[], order: number): number => {
  const centre = mean(values)
  return mean(values.map((value) => (value - centre) ** order))
}
const deviation = (values: readonly number[]): number => Math.sqrt(moment(values, 2))
const base: SloraOptions = { adapters: 100, alpha: 1, rate: 50, cv: 1, seconds: 400, input: [8, 9], output: [8, 64], vocabulary: 320, seed: 42 }
const gapsOf = (requests: readonly { atMs: number }[]): number[] => requests.map((r, i) => (r.atMs - (requests[i - 1]?.atMs ?? 0)) / 1000)

describe('RandomStream', () => {
  it('fills the unit interval evenly and differs by seed and stream', () => {
    const random = new RandomStream(42)
    const bins = new Array<number>(20).fill(0)
    for (let i = 0; i < 40_000; i++) bins[Math.floor(random.uniform() * 20)]! += 1
    // Chi-square with 19 degrees of freedom: 43.8 is exceeded by chance once in a thousand.
    expect(bins.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0)).toBeLessThan(43.8)
    const first = (seed: number, stream: number): number => new RandomStream(seed, stream).bits()
    expect(new Set([first(1, 0), first(2, 0), first(1, 1), first(42, 7)]).size).toBe(4)
  })

  it('draws gamma numbers with the promised mean and variation', () => {
    for (const shape of [0.25, 1, 4]) {
      const random = new RandomStream(7, shape * 100)
      const values = Array.from({ length: 20_000 }, () => random.gamma(shape, 2))
      expect(Math.abs(mean(values) / (2 * shape) - 1)).toBeLessThan(0.05)
      expect(Math.abs(deviation(values) / (2 * Math.sqrt(shape)) - 1)).toBeLessThan(0.06)
      // The third moment tells a gamma distribution from others with the same mean and deviation: its skewness is 2/sqrt(shape).
      const skewness = moment(values, 3) / deviation(values) ** 3
      expect(Math.abs(skewness / (2 / Math.sqrt(shape)) - 1)).toBeLessThan(0.2)
    }
  })
})

describe('sloraWorkload', () => {
  it('arrives at the asked rate with the asked variation', () => {
    for (const cv of [0.5, 1, 2]) {
      const gaps = gapsOf(sloraWorkload({ ...base, cv }))
      expect(Math.abs(mean(gaps) * base.rate - 1)).toBeLessThan(0.05)
      expect(Math.abs(deviation(gaps) / mean(gaps) / cv - 1)).toBeLessThan(0.06)
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
    }
  })

  it('gives adapter i the share ((i+1)/n)^alpha - (i/n)^alpha', () => {
    for (const alpha of [0.3, 1]) {
      const requests = sloraWorkload({ ...base, alpha, adapters: 10 })
      for (let adapter = 0; adapter < 10; adapter++) {
        const share = requests.filter((r) => r.adapter === adapter).length / requests.length
        expect(share).toBeCloseTo(((adapter + 1) / 10) ** alpha - (adapter / 10) ** alpha, 1)
      }
      const top = requests.filter((r) => r.adapter === 0).length / requests.length
      expect(Math.abs(top / 0.1 ** alpha - 1)).toBeLessThan(0.06)
    }
  })

  it('keeps lengths inside their ranges, evenly, and prompts apart', () => {
    const requests = sloraWorkload({ ...base, input: [4, 20], seconds: 100 })
    expect(new Set(requests.map((r) => r.prompt.length)).size).toBe(16)
    expect(Math.min(...requests.map((r) => r.outputTokens))).toBe(8)
    expect(Math.max(...requests.map((r) => r.outputTokens))).toBe(63)
    expect(Math.abs(mean(requests.map((r) => r.outputTokens)) / 35.5 - 1)).toBeLessThan(0.03)
    expect(new Set(requests.map((r) => r.prompt.join())).size).toBe(requests.length)
    expect(requests.every((r) => r.prompt.every((t) => t >= 8 && t < 320))).toBe(true)
  })

  it('can be replayed, and another seed is another workload', () => {
    const short = { ...base, seconds: 2 }
    expect(sloraWorkload(short)).toEqual(sloraWorkload(short))
    expect(sloraWorkload({ ...short, seed: 43 })).not.toEqual(sloraWorkload(short))
    expect(sloraWorkload({ ...short, adapters: 0 }).every((r) => r.adapter === null)).toBe(true)
  })
})

describe('punicaMix', () => {
  it('shares out exactly the requests there are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...punicaMixes), fc.integer({ min: 1, max: 500 }), (mix, requests) => {
        const counts = punicaCounts(mix, requests)
        expect(counts.reduce((a, b) => a + b, 0)).toBe(requests)
        expect(counts.every((n, i) => n >= 1 && n <= (counts[i - 1] ?? n))).toBe(true)
        expect(punicaMix(mix, requests, 42).sort((a, b) => a - b)).toEqual(counts.flatMap((n, i) => Array<number>(n).fill(i)))
      }),
    )
  })

  it('has the four popularities', () => {
    expect(punicaCounts('distinct', 32)).toHaveLength(32)
    expect(punicaCounts('identical', 32)).toEqual([32])
    expect(punicaCounts('uniform', 32)).toEqual([6, 6, 5, 5, 5, 5])
    const skewed = punicaCounts('skewed', 1000)
    // Each is about one and a half times the next, once numbers are large enough not to be rounded away.
    for (let i = 1; i < 7; i++) expect(skewed[i]! / skewed[i + 1]!).toBeCloseTo(1.5, 1)
  })
})
