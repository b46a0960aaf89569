import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { stakesAbi, type Hex, type Receipt } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { settleSlashes } from '../stakes/settleSlashes.ts'
import { equivocationArguments } from './equivocationArguments.ts'

export type SignedReceipt = { receipt: Receipt; signature: Hex }

/**
 * Shows two receipts that a node signed with one nonce, and settles the slash: the sender gets a part of the node's bond. Fails with NO_EQUIVOCATION.
 * @returns the proof's transaction
 */
export async function proveEquivocation(writer: LedgerWriter, first: SignedReceipt, second: SignedReceipt): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: stakesAbi, functionName: 'proveEquivocation', args: equivocationArguments(first, second) })
  const proof = await sendCall(writer, { name: 'equivocation', to: writer.addresses.stakes, data })
  await settleSlashes(writer, proof.logs)
  return proof
}
