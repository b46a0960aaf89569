import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/**
 * Starts taking shares of the sender's delegation back; what they are worth stays slashable until it is withdrawn.
 * @param shares as `readDelegation` shows them
 * @returns their worth now, smallest unit, and when it is free, unix seconds
 * @throws OpenLedgerError SHARES_TOO_FEW, TOO_MANY_THAWS
 */
export async function undelegateStake(writer: LedgerWriter, account: Address, role: StakeRole, shares: bigint): Promise<{ amount: bigint; releaseAt: bigint }> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'undelegate', args: [account, stakeRoleIndex[role], shares] })
  const { logs } = await sendCall(writer, { name: 'end of a delegation', to: writer.addresses.stakes, data })
  const { amount, releaseAt } = onlyEvent(parseEventLogs({ abi: stakesAbi, eventName: 'Undelegated', logs }), 'Undelegated').args
  return { amount, releaseAt }
}
