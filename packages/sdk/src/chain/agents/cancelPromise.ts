import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { guaranteesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Takes a signed promise back before anyone has accepted it, by its nonce; by the agent. Fails with NONCE_USED. */
export async function cancelPromise(writer: LedgerWriter, nonce: bigint): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: guaranteesAbi, functionName: 'cancelNonce', args: [nonce] })
  return sendCall(writer, { name: 'cancellation', to: writer.addresses.guarantees, data })
}
