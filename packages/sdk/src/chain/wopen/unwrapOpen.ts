import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { wopenAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Unwraps WOPEN of the sender to OPEN. @param amount smallest unit */
export async function unwrapOpen(writer: LedgerWriter, amount: bigint): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: wopenAbi, functionName: 'withdraw', args: [amount] })
  return sendCall(writer, { name: 'unwrap', to: writer.addresses.wopen, data })
}
