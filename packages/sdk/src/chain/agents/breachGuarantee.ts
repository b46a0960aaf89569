import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { guaranteesAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Ends a guarantee whose deadline passed without a delivery: reward and penalty are added to the client's balance. Anyone may send it. */
export async function breachGuarantee(writer: LedgerWriter, guaranteeId: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: guaranteesAbi, functionName: 'breach', args: [guaranteeId] })
  return sendCall(writer, { name: 'breach', to: writer.addresses.guarantees, data })
}
