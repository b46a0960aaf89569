import { encodeFunctionData, type Address } from 'viem'
import { epochsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import type { EpochHeader } from './EpochHeader.ts'
import { lineArgument, type LineOpening } from './openings.ts'
import { sendChallenge } from './sendChallenge.ts'

/**
 * Accuses an epoch of a wrong running total or order: of two neighbouring lines, or of the first line alone.
 * @returns whether the fault was proven and the epoch is void; when not, the deposit is lost
 */
export async function challengeLines(writer: LedgerWriter, gateway: Address, epoch: EpochHeader, first: LineOpening, second?: LineOpening): Promise<boolean> {
  const data = second
    ? encodeFunctionData({ abi: epochsAbi, functionName: 'challengeLines', args: [gateway, epoch, lineArgument(first), lineArgument(second)] })
    : encodeFunctionData({ abi: epochsAbi, functionName: 'challengeFirstLine', args: [gateway, epoch, lineArgument(first)] })
  return sendChallenge(writer, data)
}
