import { encodeFunctionData, parseEventLogs } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/** Pays out what has thawed of the sender's bond, in WOPEN. @returns the amount, smallest unit */
export async function withdrawStake(writer: LedgerWriter, role: StakeRole): Promise<bigint> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'withdraw', args: [stakeRoleIndex[role]] })
  const { logs } = await sendCall(writer, { name: 'withdrawal', to: writer.addresses.stakes, data })
  return onlyEvent(parseEventLogs({ abi: stakesAbi, eventName: 'Withdrawn', logs }), 'Withdrawn').args.amount
}
