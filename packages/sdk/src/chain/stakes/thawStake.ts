import { encodeFunctionData, parseEventLogs } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/** Starts taking a part of the sender's bond back. @param amount smallest unit @returns when it is free, unix seconds */
export async function thawStake(writer: LedgerWriter, role: StakeRole, amount: bigint): Promise<bigint> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'thaw', args: [stakeRoleIndex[role], amount] })
  const { logs } = await sendCall(writer, { name: 'thaw', to: writer.addresses.stakes, data })
  return onlyEvent(parseEventLogs({ abi: stakesAbi, eventName: 'Thawing', logs }), 'Thawing').args.releaseAt
}
