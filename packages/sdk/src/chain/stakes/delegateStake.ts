import { encodeFunctionData, type Address, type TransactionReceipt } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/**
 * Puts native OPEN of the sender behind an account's bond: it earns and is slashed as that bond is.
 * @param amount smallest unit
 * @throws OpenLedgerError POOL_CLOSED, POOL_WORN_OUT, BONDS_PAUSED
 */
export async function delegateStake(writer: LedgerWriter, account: Address, role: StakeRole, amount: bigint): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'delegateNative', args: [account, stakeRoleIndex[role]] })
  return sendCall(writer, { name: 'delegation', to: writer.addresses.stakes, data, value: amount })
}
