import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/** Pays a delegator what the delegation to an account has earned, in WOPEN; anyone may send it. @returns the amount, smallest unit */
export async function claimDelegationRewards(writer: LedgerWriter, delegator: Address, account: Address, role: StakeRole): Promise<bigint> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'claimDelegationRewards', args: [delegator, account, stakeRoleIndex[role]] })
  const { logs } = await sendCall(writer, { name: 'reward claim', to: writer.addresses.stakes, data })
  return onlyEvent(parseEventLogs({ abi: stakesAbi, eventName: 'DelegationRewardsClaimed', logs }), 'DelegationRewardsClaimed').args.amount
}
