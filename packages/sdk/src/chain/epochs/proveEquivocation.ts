import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { epochsAbi, type Hex, type Receipt } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

export type SignedReceipt = { receipt: Receipt; signature: Hex }

/** Shows two receipts that a node signed with one nonce; the sender gets a part of the node's bond. Fails with NO_EQUIVOCATION. */
export async function proveEquivocation(writer: LedgerWriter, first: SignedReceipt, second: SignedReceipt): Promise<TransactionReceipt> {
  const args = [first.receipt, first.signature, second.receipt, second.signature] as const
  const data = encodeFunctionData({ abi: epochsAbi, functionName: 'proveEquivocation', args })
  return sendCall(writer, { name: 'equivocation', to: writer.addresses.epochs, data })
}
