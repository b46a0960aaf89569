import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { modelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Corrects where a base or an adapter lies; by its registrant or trainer. */
export async function moveContent(writer: LedgerWriter, id: Hex, contentHash: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: modelsAbi, functionName: 'moveContent', args: [id, contentHash] })
  return sendCall(writer, { name: 'content move', to: writer.addresses.models, data })
}
