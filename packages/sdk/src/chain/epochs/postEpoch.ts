import { encodeFunctionData, parseEventLogs } from 'viem'
import { epochsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { EpochHeader } from './EpochHeader.ts'

export type NewEpoch = Omit<EpochHeader, 'cumulative' | 'finalAt'>

/** Posts the sending gateway's next epoch. @returns the header as the chain keeps it */
export async function postEpoch(writer: LedgerWriter, epoch: NewEpoch): Promise<EpochHeader> {
  const { index, receiptsRoot, linesRoot, balancesRoot, total, lineCount, receiptCount, dataHash } = epoch
  const args = [index, receiptsRoot, linesRoot, balancesRoot, total, lineCount, receiptCount, dataHash] as const
  const data = encodeFunctionData({ abi: epochsAbi, functionName: 'post', args })
  const { logs } = await sendCall(writer, { name: 'epoch', to: writer.addresses.epochs, data })
  return onlyEvent(parseEventLogs({ abi: epochsAbi, eventName: 'EpochPosted', logs }), 'EpochPosted').args.epoch
}
