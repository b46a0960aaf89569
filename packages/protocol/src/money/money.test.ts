import fc from 'fast-check'
import type { Address } from 'viem'
import { describe, expect, it } from 'vitest'
import { formatOpen, parseOpen, wholePpm } from './amount.ts'
import { ceilDivide } from './ceilDivide.ts'
import { answerFee } from './fee.ts'
import { largestRemainder } from './largestRemainder.ts'
import { splitFee, splitWithoutAttribution, type SplitInput } from './splitFee.ts'

const amount = fc.bigInt({ min: 0n, max: 1n << 128n })
const sum = (list: readonly bigint[]): bigint => list.reduce((a, b) => a + b, 0n)
const person = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`

describe('amounts of OPEN', () => {
  it('are written and read back', () => {
    fc.assert(fc.property(amount, (a) => void expect(parseOpen(formatOpen(a))).toBe(a)))
    expect(parseOpen('1.5')).toBe(1_500_000_000_000_000_000n)
    expect(parseOpen('0.000000000000000001')).toBe(1n)
    expect(formatOpen(0n)).toBe('0')
    expect(formatOpen(10n ** 18n)).toBe('1')
  })

  it.each(['', '.', '1.', '.5', '-1', '+1', '1e3', '1,5', '0x1', ' 1', '1 ', '1.0000000000000000001', 'NaN', '1'.repeat(31), '١'])('are not %j', (text) => {
    expect(() => parseOpen(text)).toThrow(expect.objectContaining({ code: 'BAD_AMOUNT' }))
  })
})

describe('fees', () => {
  it('round up once', () => {
    fc.assert(
      fc.property(amount, fc.bigInt({ min: 1n, max: 1n << 64n }), (a, b) => {
        const q = ceilDivide(a, b)
        expect(q * b >= a && (q - 1n) * b < a).toBe(true)
      }),
    )
    expect(answerFee({ inputPrice: 1n, outputPrice: 1n }, { inputTokens: 1, outputTokens: 1 }, 0n)).toBe(1n)
    expect(answerFee({ inputPrice: 1000n, outputPrice: 2000n }, { inputTokens: 3, outputTokens: 4 }, 5n)).toBe(3n + 8n + 5n)
    expect(answerFee({ inputPrice: 7n, outputPrice: 7n }, { inputTokens: 0, outputTokens: 0 }, 9n)).toBe(9n)
  })
})

describe('largestRemainder', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 1n << 64n }), { maxLength: 30 })

  it('sums exactly, and each part is within one unit of its due', () => {
    fc.assert(
      fc.property(amount, weights, (total, w) => {
        const parts = largestRemainder(total, w)
        const whole = sum(w)
        expect(sum(parts)).toBe(whole === 0n ? 0n : total)
        if (whole === 0n) return
        parts.forEach((part, i) => {
          const floor = (total * w[i]!) / whole
          expect(part === floor || part === floor + 1n).toBe(true)
          if (w[i] === 0n) expect(part).toBe(0n)
        })
      }),
    )
  })

  it('gives the units left over to the largest remainders', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10_000n }), fc.array(fc.bigInt({ min: 1n, max: 50n }), { minLength: 1, maxLength: 12 }), (total, w) => {
        const whole = sum(w)
        const parts = largestRemainder(total, w)
        const remainder = (i: number): bigint => (total * w[i]!) % whole
        const lifted = w.map((_, i) => i).filter((i) => parts[i]! > (total * w[i]!) / whole)
        const rest = w.map((_, i) => i).filter((i) => !lifted.includes(i))
        for (const a of lifted) for (const b of rest) expect(remainder(a) > remainder(b) || (remainder(a) === remainder(b) && a < b)).toBe(true)
      }),
    )
    expect(largestRemainder(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n])
    expect(largestRemainder(10n, [1n, 1n, 1n], ['c', 'b', 'a'])).toEqual([3n, 3n, 4n])
    expect(largestRemainder(100n, [3n, 3n, 1n])).toEqual([43n, 43n, 14n])
  })

  it('does not depend on the order when keys break ties', () => {
    fc.assert(
      fc.property(amount, fc.uniqueArray(fc.tuple(fc.string(), fc.bigInt({ min: 0n, max: 9n })), { selector: ([key]) => key, maxLength: 12 }), fc.nat(), (total, entries, turn) => {
        const run = (list: typeof entries): Map<string, bigint> => {
          const parts = largestRemainder(total, list.map(([, w]) => w), list.map(([key]) => key))
          return new Map(list.map(([key], i) => [key, parts[i]!]))
        }
        const k = entries.length > 0 ? turn % entries.length : 0
        const a = run(entries)
        const b = run([...entries.slice(k), ...entries.slice(0, k)].reverse())
        for (const [key, part] of a) expect(b.get(key)).toBe(part)
      }),
    )
  })

  it('refuses negative numbers', () => {
    for (const run of [() => largestRemainder(-1n, [1n]), () => largestRemainder(1n, [2n, -1n])]) expect(run).toThrow(expect.objectContaining({ code: 'NEGATIVE_AMOUNT' }))
  })
})

describe('splitFee', () => {
  const ppm = fc.tuple(fc.nat(wholePpm), fc.nat(wholePpm), fc.nat(wholePpm)).map((cuts) => {
    const [a, b, c] = cuts.sort((x, y) => x - y) as [number, number, number]
    return { nodePpm: a, ownerPpm: b - a, stakersPpm: c - b, contributorsPpm: wholePpm - c }
  })
  const contributors = fc.array(fc.record({ contributor: fc.integer({ min: 1, max: 6 }).map(person), sharePpm: fc.nat(120_000), trainingWeight: fc.nat(20) }), { maxLength: 8 })
  const input: fc.Arbitrary<SplitInput> = fc
    .record({ split: ppm, metered: fc.bigInt({ min: 0n, max: 10n ** 24n }), platformFee: fc.bigInt({ min: 0n, max: 10n ** 18n }), owner: fc.integer({ min: 1, max: 10 }).map(person), contributors })
    .map(({ split, metered, platformFee, owner, contributors: list }) => ({
      fee: metered + platformFee,
      platformFee,
      deployment: { owner, ...split },
      node: person(7),
      treasury: person(8),
      stakers: person(9),
      contributors: list,
    }))

  it('sums to the fee exactly, sorted, each payee once, nothing empty', () => {
    fc.assert(
      fc.property(input, (one) => {
        const shares = splitFee(one)
        expect(sum(shares.map((s) => s.amount))).toBe(one.fee)
        expect(shares.every((s) => s.amount > 0n)).toBe(true)
        const payees = shares.map((s) => s.payee)
        expect(payees).toEqual([...new Set(payees)].sort())
      }),
    )
  })

  it('does not depend on the order of the contributors nor on the case of addresses', () => {
    fc.assert(
      fc.property(input, fc.nat(), (one, turn) => {
        const k = turn % (one.contributors.length + 1)
        const turned = [...one.contributors.slice(k), ...one.contributors.slice(0, k)].reverse()
        const upper = turned.map((c) => ({ ...c, contributor: `0x${c.contributor.slice(2).toUpperCase()}` as Address }))
        expect(splitFee({ ...one, contributors: upper })).toEqual(splitFee(one))
      }),
    )
  })

  const base: SplitInput = {
    fee: 1_010n,
    platformFee: 10n,
    deployment: { owner: person(2), nodePpm: 400_000, ownerPpm: 200_000, stakersPpm: 100_000, contributorsPpm: 300_000 },
    node: person(1),
    treasury: person(4),
    stakers: person(3),
    contributors: [
      { contributor: person(11), sharePpm: 500_000, trainingWeight: 1 },
      { contributor: person(12), sharePpm: 250_000, trainingWeight: 2 },
    ],
  }
  const shares = (changes: Partial<SplitInput>): Record<string, bigint> => Object.fromEntries(splitFee({ ...base, ...changes }).map((s) => [Number(s.payee), s.amount]))

  it('pays by the split, influence first, the rest by training weight', () => {
    // 1,000 after the platform fee: node 400, owner 200, stakers 100, contributors 300; 225 by influence 2:1, 75 by weight 1:2.
    expect(shares({})).toEqual({ 1: 400n, 2: 200n, 3: 100n, 4: 10n, 11: 150n + 25n, 12: 75n + 50n })
    expect(shares({ contributors: [] })).toEqual({ 1: 400n, 2: 500n, 3: 100n, 4: 10n })
    expect(shares({ contributors: base.contributors.map((c) => ({ ...c, trainingWeight: 0 })) })).toEqual({ 1: 400n, 2: 275n, 3: 100n, 4: 10n, 11: 150n, 12: 75n })
    expect(shares({ fee: 10n })).toEqual({ 4: 10n })
  })

  it('gives the part of a node that did not attribute to the contributors, by training weight alone', () => {
    const found = Object.fromEntries(splitWithoutAttribution(base).map((s) => [Number(s.payee), s.amount]))
    // Contributors 300 and the node's 400, 1:2.
    expect(found).toEqual({ 2: 200n, 3: 100n, 4: 10n, 11: 233n, 12: 467n })
    fc.assert(
      fc.property(input, (one) => {
        const missed = splitWithoutAttribution(one)
        expect(sum(missed.map((s) => s.amount))).toBe(one.fee)
        const apart = one.contributors.every((c) => c.contributor !== one.node) && ![one.deployment.owner, one.treasury, one.stakers].includes(one.node)
        if (apart) expect(missed.some((s) => s.payee === one.node)).toBe(false)
      }),
    )
  })

  it.each([
    ['BAD_FEE', { fee: 9n }],
    ['BAD_FEE', { platformFee: -1n }],
    ['BAD_SPLIT', { deployment: { ...base.deployment, nodePpm: 400_001 } }],
    ['BAD_SPLIT', { deployment: { ...base.deployment, nodePpm: 700_000, ownerPpm: -100_000 } }],
    ['BAD_SPLIT', { deployment: { ...base.deployment, nodePpm: 400_000.5, ownerPpm: 199_999.5 } }],
    ['BAD_SHARES', { contributors: [{ contributor: person(11), sharePpm: 1_000_001, trainingWeight: 1 }] }],
    ['BAD_SHARES', { contributors: [{ contributor: person(11), sharePpm: -1, trainingWeight: 1 }] }],
    ['BAD_SHARES', { contributors: [{ contributor: person(11), sharePpm: 0.5, trainingWeight: 1 }] }],
    ['BAD_SHARES', { contributors: [{ contributor: person(11), sharePpm: 1, trainingWeight: -1 }] }],
    ['BAD_SHARES', { contributors: [{ contributor: person(11), sharePpm: Number.NaN, trainingWeight: 1 }] }],
  ] as [string, Partial<SplitInput>][])('fails with %s', (code, changes) => {
    expect(() => splitFee({ ...base, ...changes })).toThrow(expect.objectContaining({ code }))
  })
})
