import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/** Pays out what has thawed of the sender's delegation, in WOPEN. @returns the amount, smallest unit */
export async function withdrawDelegation(writer: LedgerWriter, account: Address, role: StakeRole): Promise<bigint> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'withdrawDelegation', args: [account, stakeRoleIndex[role]] })
  const { logs } = await sendCall(writer, { name: 'withdrawal', to: writer.addresses.stakes, data })
  return onlyEvent(parseEventLogs({ abi: stakesAbi, eventName: 'DelegationWithdrawn', logs }), 'DelegationWithdrawn').args.amount
}
