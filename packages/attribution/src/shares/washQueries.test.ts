import { answerFee, splitFee, wholePpm, type ContributorShare, type SplitInput } from '@openledger/protocol'
import fc from 'fast-check'
import type { Address } from 'viem'
import { describe, expect, it } from 'vitest'
import { isSubsidised, payableShares } from './payableShares.ts'

const person = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`
const [node, owner, treasury, stakers, gateway] = [1, 2, 3, 4, 5].map(person) as [Address, Address, Address, Address, Address]
const firstContributor = 10

const split = fc.tuple(fc.nat(wholePpm), fc.nat(wholePpm), fc.nat(wholePpm)).map((cuts) => {
  const [a, b, c] = cuts.sort((x, y) => x - y) as [number, number, number]
  return { nodePpm: a, ownerPpm: b - a, stakersPpm: c - b, contributorsPpm: wholePpm - c }
})
const contributors: fc.Arbitrary<ContributorShare[]> = fc
  .array(fc.record({ share: fc.nat(wholePpm), trainingWeight: fc.nat(50) }), { minLength: 1, maxLength: 6 })
  .map((list) => list.map(({ share, trainingWeight }, k) => ({ contributor: person(firstContributor + k), sharePpm: Math.floor(share / list.length), trainingWeight })))
const answer: fc.Arbitrary<SplitInput> = fc
  .record({
    deployment: split.map((parts) => ({ ...parts, owner })),
    prices: fc.record({ inputPrice: fc.bigInt({ min: 0n, max: 10n ** 20n }), outputPrice: fc.bigInt({ min: 0n, max: 10n ** 20n }) }),
    usage: fc.record({ inputTokens: fc.nat(5000), outputTokens: fc.nat(5000) }),
    platformFee: fc.bigInt({ min: 0n, max: 10n ** 18n }),
    contributors,
  })
  .map(({ prices, usage, platformFee, ...rest }) => ({ ...rest, fee: answerFee(prices, usage, platformFee), platformFee, node, treasury, stakers }))

/** What of a fee comes back to a set of accounts that belong together. */
function returned(input: SplitInput, accounts: readonly Address[]): bigint {
  return splitFee(input).reduce((sum, { payee, amount }) => (accounts.includes(payee) ? sum + amount : sum), 0n)
}

describe('wash queries', () => {
  it('return to all contributors together no more than their part, whatever the split and the shares', () => {
    fc.assert(
      fc.property(answer, (one) => {
        const metered = one.fee - one.platformFee
        const back = returned(one, one.contributors.map(({ contributor }) => contributor))
        // Largest remainder: at most one unit above the exact part.
        expect(back * BigInt(wholePpm) < metered * BigInt(one.deployment.contributorsPpm) + BigInt(wholePpm)).toBe(true)
        if (one.platformFee > 0n || (one.deployment.contributorsPpm < wholePpm && metered >= BigInt(wholePpm))) expect(back).toBeLessThan(one.fee)
      }),
      { numRuns: 300 },
    )
  })

  it('cost a payer who is every contributor, the node and the owner at once at least the platform fee and the stakers’ part', () => {
    fc.assert(
      fc.property(answer, (one) => {
        const all = [node, owner, ...one.contributors.map(({ contributor }) => contributor)]
        const lost = one.fee - returned(one, all)
        expect(lost).toBeGreaterThanOrEqual(one.platformFee)
        expect((lost - one.platformFee + 1n) * BigInt(wholePpm) > (one.fee - one.platformFee) * BigInt(one.deployment.stakersPpm)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('would pay if somebody else paid for them: a subsidised answer pays by training weight alone', () => {
    fc.assert(
      fc.property(answer, fc.constantFrom(node, owner, gateway), fc.nat(5), (one, payer, turn) => {
        const asker = turn % one.contributors.length
        const pay = (list: readonly ContributorShare[]): bigint => returned({ ...one, contributors: list }, [one.contributors[asker]!.contributor])
        // Whatever the question, and so whatever its shares, the asker gets the same.
        const steered = one.contributors.map((c, k) => ({ ...c, sharePpm: k === asker ? wholePpm : 0 }))
        const parties = { payer, owner, node, gateway }
        expect(pay(payableShares(steered, parties))).toBe(pay(payableShares(one.contributors, parties)))
      }),
    )
    const shares = [{ contributor: person(10), sharePpm: 700_000, trainingWeight: 3 }]
    expect(payableShares(shares, { payer: person(10), owner, node, gateway })).toEqual(shares)
    expect(payableShares(shares, { payer: owner, owner, node, gateway })).toEqual([{ ...shares[0], sharePpm: 0 }])
    expect(isSubsidised({ payer: `0x${'AB'.repeat(20)}`, owner, node, gateway: `0x${'ab'.repeat(20)}` })).toBe(true)
  })
})
