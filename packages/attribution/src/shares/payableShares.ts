import type { ContributorShare } from '@openledger/protocol'
import type { Address } from 'viem'
import { policy } from '../policy.ts'

/** Who had to do with an answer. */
export type AnswerParties = { payer: Address; owner: Address; node: Address; gateway: Address }

/**
 * Whether an answer was paid for by somebody who sells it: the deployment's owner, the node or the gateway. Free answers are paid for in this way,
 * and whoever asks for them risks nothing.
 */
export function isSubsidised(parties: AnswerParties): boolean {
  const payer = parties.payer.toLowerCase()
  return policy.subsidisedBy.some((role) => parties[role].toLowerCase() === payer)
}

/**
 * The shares that are paid. A subsidised answer pays no influence: all of the contributors' part goes by training weight, so nobody earns more by
 * asking free questions. The attribution document says what shaped the answer in either case.
 */
export function payableShares(shares: readonly ContributorShare[], parties: AnswerParties): ContributorShare[] {
  return isSubsidised(parties) ? shares.map((share) => ({ ...share, sharePpm: 0 })) : [...shares]
}
