import { encodeFunctionData, type Address, type TransactionReceipt } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { payOpen } from '../wopen/payOpen.ts'
import { readStakePool } from './readStakePool.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/**
 * Puts OPEN of the sender behind an account's bond: it earns and is slashed as that bond is.
 * @param amount smallest unit
 * @param maxCommissionPpm what the account may keep of the rewards; default: what it keeps now
 * @throws OpenLedgerError POOL_CLOSED, COMMISSION_TOO_HIGH, POOL_WORN_OUT, BONDS_PAUSED
 */
export async function delegateStake(writer: LedgerWriter, account: Address, role: StakeRole, amount: bigint, maxCommissionPpm?: number): Promise<TransactionReceipt> {
  const limit = maxCommissionPpm ?? (await readStakePool(writer, account, role)).commissionPpm
  const index = stakeRoleIndex[role]
  const native = encodeFunctionData({ abi: stakesAbi, functionName: 'delegateNative', args: [account, index, limit] })
  const wrapped = encodeFunctionData({ abi: stakesAbi, functionName: 'delegate', args: [account, index, amount, limit] })
  return payOpen(writer, { name: 'delegation', to: writer.addresses.stakes, amount, native, wrapped })
}
