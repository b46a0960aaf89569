import { encodeFunctionData, type Address } from 'viem'
import { epochsAbi, zeroHash, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import type { EpochHeader } from './EpochHeader.ts'
import { balanceArgument, lineArgument, type BalanceOpening, type LineOpening } from './openings.ts'
import { sendChallenge } from './sendChallenge.ts'

const noEpoch: EpochHeader = {
  index: 0n,
  receiptsRoot: zeroHash,
  linesRoot: zeroHash,
  balancesRoot: zeroHash,
  total: 0n,
  cumulative: 0n,
  lineCount: 0,
  receiptCount: 0,
  dataHash: zeroHash,
  finalAt: 0n,
}

/**
 * What shows a payee's balance to be wrong. Each list holds the payee's own leaf, or the neighbours around the gap where the payee would
 * stand: two, or one at an end of the tree, or none for an empty tree. For a payee with lines, `earned` holds the last of them and, unless it
 * is the last of all, the line after it.
 */
export type BalanceChallenge = {
  gateway: Address
  epoch: EpochHeader
  /** The epoch before; none for the first. */
  previous?: EpochHeader
  payee: Address
  before: readonly BalanceOpening[]
  earned: readonly LineOpening[]
  afterwards: readonly BalanceOpening[]
}

/** The call by which an epoch is accused of a wrong balance. */
export function balanceChallengeCall({ gateway, epoch, previous = noEpoch, payee, before, earned, afterwards }: BalanceChallenge): Hex {
  const args = [gateway, epoch, previous, payee, before.map(balanceArgument), earned.map(lineArgument), afterwards.map(balanceArgument)] as const
  return encodeFunctionData({ abi: epochsAbi, functionName: 'challengeBalance', args })
}

/** Accuses an epoch of a balance that is not the previous one plus what the payee earned. @returns whether it was proven; when not, the deposit is lost */
export async function challengeBalance(writer: LedgerWriter, challenge: BalanceChallenge): Promise<boolean> {
  return sendChallenge(writer, balanceChallengeCall(challenge))
}
