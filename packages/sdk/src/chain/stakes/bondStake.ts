import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/** Bonds native OPEN of the sender for a role. @param amount smallest unit */
export async function bondStake(writer: LedgerWriter, role: StakeRole, amount: bigint): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'bondNative', args: [stakeRoleIndex[role]] })
  return sendCall(writer, { name: 'bond', to: writer.addresses.stakes, data, value: amount })
}
