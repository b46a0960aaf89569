import type { Address } from 'viem'
import { compareHex } from '../encoding/compare.ts'
import { fail } from '../errors/fail.ts'
import type { Share } from '../merkle/leaves.ts'
import type { Deployment } from '../statements/messages.ts'
import { wholePpm } from './amount.ts'
import { largestRemainder } from './largestRemainder.ts'

/** One contributor's part of an answer: the influence share in ppm of the contributors' part, and the training weight in the snapshot. */
export type ContributorShare = { contributor: Address; sharePpm: number; trainingWeight: number }

export type SplitInput = {
  fee: bigint
  platformFee: bigint
  deployment: Pick<Deployment, 'owner' | 'nodePpm' | 'ownerPpm' | 'stakersPpm' | 'contributorsPpm'>
  node: Address
  treasury: Address
  /** The contract that pays stakers. */
  stakers: Address
  /** Sorted or not; `sharePpm` sums to at most 1,000,000, and what is missing is divided by training weight. */
  contributors: readonly ContributorShare[]
}

/**
 * The division that holds when a node has not attributed an answer by its deadline: the node's part goes to the contributors as well, and all
 * of theirs is divided by training weight. Nobody but the node loses by its fault.
 * @returns as splitFee
 */
export function splitWithoutAttribution(input: SplitInput): Share[] {
  const { deployment, contributors } = input
  const forfeited = { ...deployment, nodePpm: 0, contributorsPpm: deployment.contributorsPpm + deployment.nodePpm }
  return splitFee({ ...input, deployment: forfeited, contributors: contributors.map((c) => ({ ...c, sharePpm: 0 })) })
}

/**
 * Divides one answer's fee among its payees: the platform fee to the treasury, the rest by the deployment's split; the contributors'
 * part by influence shares, and what influence could not support by training weight. Sums to the fee exactly.
 * @returns one share for each payee with an amount above 0, sorted by payee
 */
export function splitFee(input: SplitInput): Share[] {
  const { deployment: d, contributors } = input
  const claimed = contributors.reduce((sum, c) => sum + c.sharePpm, 0)
  const valid = contributors.every((c) => Number.isInteger(c.sharePpm) && c.sharePpm >= 0 && Number.isInteger(c.trainingWeight) && c.trainingWeight >= 0)
  if (!valid || claimed > wholePpm) fail('BAD_SHARES', 'influence shares are whole ppm that sum to at most 1,000,000')
  if (input.platformFee < 0n || input.fee < input.platformFee) fail('BAD_FEE', 'the fee is smaller than the platform fee, or that is negative')
  const parts = [d.nodePpm, d.ownerPpm, d.stakersPpm, d.contributorsPpm]
  if (!parts.every((p) => Number.isInteger(p) && p >= 0) || parts.reduce((a, b) => a + b, 0) !== wholePpm) fail('BAD_SPLIT', 'the split is whole ppm that sum to 1,000,000')
  const [node, owner, stakers, pool] = largestRemainder(input.fee - input.platformFee, parts.map(BigInt)) as [bigint, bigint, bigint, bigint]

  const totals = new Map<Address, bigint>()
  const add = (payee: Address, amount: bigint): void => {
    const key = payee.toLowerCase() as Address
    if (amount > 0n) totals.set(key, (totals.get(key) ?? 0n) + amount)
  }
  add(input.treasury, input.platformFee)
  add(input.node, node)
  add(d.owner, owner)
  add(input.stakers, stakers)

  const keys = contributors.map((c) => c.contributor.toLowerCase())
  const [influence, common] = largestRemainder(pool, [BigInt(claimed), BigInt(wholePpm - claimed)]) as [bigint, bigint]
  largestRemainder(influence, contributors.map((c) => BigInt(c.sharePpm)), keys).forEach((a, i) => add(contributors[i]!.contributor, a))
  const weights = contributors.map((c) => BigInt(c.trainingWeight))
  if (weights.some((w) => w > 0n)) largestRemainder(common, weights, keys).forEach((a, i) => add(contributors[i]!.contributor, a))
  else add(d.owner, common)

  return [...totals].map(([payee, amount]) => ({ payee, amount })).sort((a, b) => compareHex(a.payee, b.payee))
}
