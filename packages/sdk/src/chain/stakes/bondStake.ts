import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { payOpen } from '../wopen/payOpen.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/** Bonds OPEN of the sender for a role. @param amount smallest unit */
export async function bondStake(writer: LedgerWriter, role: StakeRole, amount: bigint): Promise<TransactionReceipt> {
  const native = encodeFunctionData({ abi: stakesAbi, functionName: 'bondNative', args: [stakeRoleIndex[role]] })
  const wrapped = encodeFunctionData({ abi: stakesAbi, functionName: 'bond', args: [stakeRoleIndex[role], amount] })
  return payOpen(writer, { name: 'bond', to: writer.addresses.stakes, amount, native, wrapped })
}
