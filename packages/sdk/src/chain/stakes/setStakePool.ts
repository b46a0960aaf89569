import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/**
 * Says whether others may delegate to the sender's bond, and what part of their rewards the sender keeps.
 * @param commissionPpm at most 500,000; while anything is delegated it can only become smaller
 * @throws OpenLedgerError COMMISSION_TOO_HIGH
 */
export async function setStakePool(writer: LedgerWriter, role: StakeRole, commissionPpm: number, open: boolean): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'setPool', args: [stakeRoleIndex[role], commissionPpm, open] })
  return sendCall(writer, { name: 'change of the pool', to: writer.addresses.stakes, data })
}
