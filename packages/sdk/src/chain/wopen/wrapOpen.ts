import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { wopenAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Wraps native OPEN of the sender as WOPEN, one to one. @param amount smallest unit */
export async function wrapOpen(writer: LedgerWriter, amount: bigint): Promise<TransactionReceipt> {
  return sendCall(writer, { name: 'wrap', to: writer.addresses.wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'deposit' }), value: amount })
}
