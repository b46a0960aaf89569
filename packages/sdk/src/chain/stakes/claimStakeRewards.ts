import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/** Pays an account what its bond has earned, in WOPEN; anyone may send it. @returns the amount, smallest unit */
export async function claimStakeRewards(writer: LedgerWriter, account: Address, role: StakeRole): Promise<bigint> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'claimRewards', args: [account, stakeRoleIndex[role]] })
  const { logs } = await sendCall(writer, { name: 'reward claim', to: writer.addresses.stakes, data })
  return onlyEvent(parseEventLogs({ abi: stakesAbi, eventName: 'RewardsClaimed', logs }), 'RewardsClaimed').args.amount
}
