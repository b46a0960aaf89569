import type { Address } from 'viem'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { haircuts, heldOutOf } from './heldOut.ts'
import { influenceShares, type ShareInput } from './influenceShares.ts'
import { policy } from '../policy.ts'
import { microNats } from './microNats.ts'
import { noiseFloor } from './noiseFloor.ts'

const address = (k: number): Address => `0x${k.toString(16).padStart(40, '0')}`
const answerKey = `0x${'5a'.repeat(32)}` as const

/** Scores in thousandths of a nat; one atom per contributor with training weight 10. */
function shares(milliNats: readonly number[], base = 2_000_000, tuned = 1_000_000, change: Partial<ShareInput> = {}): number[] {
  // Rounded away from the floor, so that whole ppm come out whole.
  const values = milliNats.map((s) => (s === 0 ? 0n : (BigInt(s) << 60n) / 1000n + 1n))
  const atoms = milliNats.map((_, a) => ({ contributor: address(a + 1), trainingWeight: 10 }))
  return influenceShares({ scores: { exponent: -60, values }, atoms, losses: { base, tuned }, answerKey, ...change }).map((s) => s.sharePpm)
}

describe('noiseFloor', () => {
  const floor = (...scores: number[]): number => Number(noiseFloor(scores.map(BigInt)))
  it('is 0 for one atom, and twice a lower order statistic of the sizes for more', () => {
    expect(floor()).toBe(0)
    expect(floor(10)).toBe(0)
    expect(floor(-3, 10)).toBe(6)
    expect(floor(10, 9, 1)).toBe(2)
    expect(floor(10, 10, 1, 2)).toBe(2)
    expect(floor(9, 9, 9, 2, 1)).toBe(4)
    expect(floor(9, 9, 9, 9, 9, 2, 1)).toBe(4)
  })
  it('is twice the lower median from eight atoms on', () => {
    expect(floor(1, -2, 3, 4, 50, 60, 70, 80)).toBe(8)
    expect(floor(1, 2, 3, 4, 5, 6, 7, 8, 9)).toBe(10)
  })
})

describe('influenceShares', () => {
  it('pays one of four that matters, and two or three of four that matter alike', () => {
    expect(shares([1000, 10, -10, 10])).toEqual([490_000, 0, 0, 0])
    expect(shares([500, 500, 10, -5])).toEqual([245_000, 245_000, 0, 0])
    expect(shares([300, 300, 300, 10]).slice(0, 3).every((s) => s > 130_000)).toBe(true)
  })

  it('lets the members of an atom divide what it is paid by training weight', () => {
    const members = [{ contributor: address(11), trainingWeight: 1 }, { contributor: address(12), trainingWeight: 3 }, { contributor: address(2), trainingWeight: 0 }]
    const atoms = [{ contributor: address(1), trainingWeight: 10 }, { contributor: address(99), trainingWeight: 4, members }, { contributor: address(2), trainingWeight: 10 }, { contributor: address(3), trainingWeight: 10 }]
    const values = [0n, 1n << 60n, 0n, 0n]
    const found = influenceShares({ scores: { exponent: -60, values }, atoms, losses: { base: 2_000_000, tuned: 1_000_000 }, answerKey })
    expect(found.map((s) => [Number(s.contributor), s.sharePpm, s.trainingWeight])).toEqual([[1, 0, 10], [2, 0, 10], [3, 0, 10], [11, 125_000, 1], [12, 375_000, 3]])
  })

  it('pays nobody by influence when all are alike, all hurt, or the model is no better than its base', () => {
    expect(shares([250, 250, 250, 250])).toEqual([0, 0, 0, 0])
    expect(shares([-1, -20, -300, -4])).toEqual([0, 0, 0, 0])
    expect(shares([0, 0, 0])).toEqual([0, 0, 0])
    expect(shares([1000, 10, 10, 10], 1_000_000, 1_000_000)).toEqual([0, 0, 0, 0])
    expect(shares([1000, 10, 10, 10], 1_000_000, 3_000_000)).toEqual([0, 0, 0, 0])
    expect(shares([1000, 10], 0, 0)).toEqual([0, 0])
  })

  it('is sensible for one, two and three atoms', () => {
    expect(shares([1000])).toEqual([500_000])
    expect(shares([250])).toEqual([125_000])
    expect(shares([-5])).toEqual([0])
    expect(shares([1000, 100])).toEqual([400_000, 0])
    expect(shares([1000, 900])).toEqual([0, 0])
    expect(shares([1000, -1000])).toEqual([0, 0])
    expect(shares([400, 10, 400])).toEqual([190_000, 0, 190_000])
  })

  it('never stretches weak evidence: a tenth of the benefit explained pays a tenth of the pool', () => {
    expect(shares([100, 0, 0, 0])).toEqual([50_000, 0, 0, 0])
    expect(shares([100, 0, 0, 0], 1_000_000, 0)).toEqual([100_000, 0, 0, 0])
  })

  it('caps the pool when the scores say more than the benefit', () => {
    expect(shares([9000, 0, 0, 3000]).reduce((a, b) => a + b)).toBe(500_000)
    expect(shares([9000, 0, 0, 3000], 1_000_000, 0)).toEqual([750_000, 0, 0, 250_000])
  })

  it('pays nothing for what the base would have said anyway', () => {
    const told = (baseSurprisal: number[]): number[] => shares([9000, 0, 0, 3000], 1_000_000, 0, { baseSurprisal })
    const known = policy.knownBits * policy.unitsPerBit
    expect(told([known, 5, known, 0])).toEqual([0, 0, 0, 0])
    expect(told([0, 0])).toEqual([0, 0, 0, 0])
    expect(told([known, 7 * known])).toEqual([562_500, 0, 0, 187_500])
    expect(told([known + 1])[0]).toBeLessThan(1000)
    expect(shares([9000, 0, 0, 3000], 2_000_000, 1_000_000, { baseSurprisal: [known, 7 * known] })).toEqual([375_000, 0, 0, 125_000])
  })

  it('adds up the atoms of one contributor, and sorts by address', () => {
    const atoms = [address(9), address(2), address(9), address(5)].map((contributor, a) => ({ contributor, trainingWeight: a + 1 }))
    const scores = { exponent: 0, values: [4n, 0n, 4n, 0n] }
    expect(influenceShares({ scores, atoms, losses: { base: 1_000_000, tuned: 0 }, answerKey })).toEqual([
      { contributor: address(2), sharePpm: 0, trainingWeight: 2 },
      { contributor: address(5), sharePpm: 0, trainingWeight: 4 },
      { contributor: address(9), sharePpm: 1_000_000, trainingWeight: 4 },
    ])
  })

  it('depends on the unit of neither scores nor losses', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 40 }), (list, shift) => {
        const atoms = list.map((_, a) => ({ contributor: address(a), trainingWeight: 1 }))
        const losses = { base: 3_000_000, tuned: 500_000 }
        const plain = influenceShares({ scores: { exponent: -18, values: list.map(BigInt) }, atoms, losses, answerKey })
        const scaled = influenceShares({ scores: { exponent: -18 - shift, values: list.map((s) => BigInt(s) << BigInt(shift)) }, atoms, losses, answerKey })
        expect(scaled).toEqual(plain)
      }),
    )
  })

  it('sums to at most the pool, orders like the scores, and breaks ties by the answer', () => {
    const input = fc.record({
      values: fc.array(fc.bigInt({ min: -(1n << 40n), max: 1n << 40n }), { minLength: 1, maxLength: 40 }),
      exponent: fc.integer({ min: -60, max: 10 }),
      base: fc.integer({ min: 0, max: 20_000_000 }),
      tuned: fc.integer({ min: 0, max: 20_000_000 }),
    })
    fc.assert(
      fc.property(input, ({ values, exponent, base, tuned }) => {
        const atoms = values.map((_, a) => ({ contributor: address(a), trainingWeight: 1 }))
        const out = influenceShares({ scores: { exponent, values }, atoms, losses: { base, tuned }, answerKey }).map((s) => s.sharePpm)
        const pool = base > tuned ? Math.floor((1e6 * (base - tuned)) / base) : 0
        expect(out.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(pool)
        for (let a = 0; a < out.length; a++) {
          if (out[a] < 0 || (values[a] <= 0n && out[a] > 0)) expect.fail('a share without influence')
          for (let b = 0; b < out.length; b++) if (values[a] > values[b] && out[a] < out[b]) expect.fail('shares out of order')
        }
      }),
    )
    const three = [...Array<number>(5).fill(700), ...Array<number>(5).fill(0)]
    const tied = new Set(Array.from({ length: 30 }, (_, k) => String(shares(three, 1_000_000, 1, { answerKey: `0x${k.toString(16).padStart(64, '0')}` }))))
    expect(tied.size).toBeGreaterThan(1)
  })

  describe('against gaming', () => {
    const one = { atoms: [1, 2, 3, 4].map((k) => ({ contributor: address(k), trainingWeight: 10 })) }
    const heldOut = (full: number, ...without: number[]) => ({ heldOut: { records: 5, full: without.map(() => full), without } })

    it('lets atoms of copies alone neither be paid nor lower the floor', () => {
      const honest = shares([500, 400, 10, 10])
      const atoms = [...one.atoms, ...Array.from({ length: 40 }, (_, k) => ({ contributor: address(50 + k), trainingWeight: 0 }))]
      const joined = shares([500, 400, 10, 10, ...Array<number>(40).fill(0)], 2_000_000, 1_000_000, { atoms })
      expect(joined.slice(0, 4)).toEqual(honest)
      expect(shares([500, 400, 10, 10, 900], 2_000_000, 1_000_000, { atoms: [...one.atoms, { contributor: address(5), trainingWeight: 0 }] })[4]).toBe(0)
    })

    it('cuts shares and weights of atoms that hurt the held-out loss, and gives the rest to nobody', () => {
      const plain = shares([500, 500, 0, 0])
      const cut = (h: ReturnType<typeof heldOut>) => shares([500, 500, 0, 0], 2_000_000, 1_000_000, h)
      // Median of |h| 10,000: less than the least, so the tolerance is 20,000. Hurting by 30,000 leaves half.
      expect(cut(heldOut(1_000_000, 970_000, 1_010_000, 1_010_000, 990_000))).toEqual([plain[0] / 2, ...plain.slice(1)])
      expect(cut(heldOut(1_000_000, 980_000, 900_000, 1_010_000, 990_000)).slice(0, 2)).toEqual([plain[0], 0])
      // Median 30,000: a tolerance of 60,000.
      expect(cut(heldOut(1_000_000, 940_000, 1_030_000, 1_030_000, 1_020_000))).toEqual(plain)
      const weights = influenceShares({ ...one, ...heldOut(1_000_000, 970_001, 900_000, 1_000_000, 1_000_000), scores: { exponent: 0, values: [0n, 0n, 0n, 0n] }, losses: { base: 2, tuned: 1 }, answerKey })
      expect(weights.map((w) => w.trainingWeight)).toEqual([5, 0, 10, 10])
    })

    it('does not count atoms of copies for what is noise in the held-out loss', () => {
      const rule = { factor: 2, leastMicroNats: 1 }
      const four = { records: 1, full: [50, 40, 40, 40], without: [0, 0, 0, 0] }
      expect(haircuts(four, [1, 1, 1, 1], rule)).toEqual([1e6, 1e6, 1e6, 1e6])
      const joined = { records: 1, full: [...four.full, ...Array<number>(9).fill(0)], without: Array<number>(13).fill(0) }
      expect(haircuts(joined, [1, 1, 1, 1, ...Array<number>(9).fill(0)], rule).slice(0, 4)).toEqual([1e6, 1e6, 1e6, 1e6])
      expect(haircuts(joined, Array<number>(13).fill(1), rule)[0]).toBe(0)
    })

    it('caps who stands in an answer of other people’s words with none of his own', () => {
      const with_ = (...witnesses: number[]) => shares([600, 380, 10, 10], 1_000_000, 0, { witnesses: new Set(witnesses.map(address)) })
      const plain = shares([600, 380, 10, 10], 1_000_000, 0)
      expect(plain[0]).toBeGreaterThan(570_000)
      expect(with_()).toEqual(plain)
      expect(with_(1, 2)).toEqual(plain)
      expect(with_(2)).toEqual([250_000, plain[1], 0, 0])
      expect(with_(3)).toEqual([250_000, 250_000, 0, 0])
    })

    it('reads held-out losses from a table, and refuses what is not one per atom', () => {
      const atoms = [1, 2]
      expect(heldOutOf({ details: {}, atoms })).toBeUndefined()
      const good = { records: 3, full: [5, 5], without: [4, 6] }
      expect(heldOutOf({ details: { heldOut: good }, atoms })).toEqual(good)
      for (const bad of [1, { ...good, without: [4] }, { ...good, full: [5] }, { ...good, records: 0 }, { ...good, full: [0.5, 1] }]) {
        expect(() => heldOutOf({ details: { heldOut: bad }, atoms })).toThrow(expect.objectContaining({ code: 'BAD_TABLE' }))
      }
    })
  })

  it('refuses losses and scores that are not what they should be', () => {
    expect(() => shares([1], 0.5, 0)).toThrow(expect.objectContaining({ code: 'BAD_LOSS' }))
    expect(() => shares([1], 1, -1)).toThrow(expect.objectContaining({ code: 'BAD_LOSS' }))
    expect(() => shares([1, 2], 1, 1, { atoms: [] })).toThrow(expect.objectContaining({ code: 'BAD_SCORES' }))
  })
})

describe('microNats', () => {
  it('rounds once, ties to even', () => {
    expect([0, 1.25, 0.0000005, 0.0000015, 999.9999996].map(microNats)).toEqual([0, 1_250_000, 0, 2, 1_000_000_000])
    for (const bad of [Number.NaN, -0.1, Number.POSITIVE_INFINITY]) expect(() => microNats(bad)).toThrow(expect.objectContaining({ code: 'BAD_LOSS' }))
  })
})
