import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Shares the WOPEN that has arrived at Stakes among all bonds; anyone may. */
export async function distributeRewards(writer: LedgerWriter): Promise<TransactionReceipt> {
  return sendCall(writer, { name: 'distribution', to: writer.addresses.stakes, data: encodeFunctionData({ abi: stakesAbi, functionName: 'distribute' }) })
}
