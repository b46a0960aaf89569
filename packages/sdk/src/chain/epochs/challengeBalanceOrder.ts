import { encodeFunctionData, type Address } from 'viem'
import { epochsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import type { EpochHeader } from './EpochHeader.ts'
import { balanceArgument, type BalanceOpening } from './openings.ts'
import { sendChallenge } from './sendChallenge.ts'

/** Accuses an epoch of two neighbouring balances in the wrong order. @returns whether it was proven; when not, the deposit is lost */
export async function challengeBalanceOrder(
  writer: LedgerWriter,
  gateway: Address,
  epoch: EpochHeader,
  first: BalanceOpening,
  second: BalanceOpening,
): Promise<boolean> {
  const args = [gateway, epoch, balanceArgument(first), balanceArgument(second)] as const
  return sendChallenge(writer, encodeFunctionData({ abi: epochsAbi, functionName: 'challengeBalanceOrder', args }))
}
