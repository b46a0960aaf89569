import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { modelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Registers a base model; the sender becomes its registrant. @param contentHash SHA-256 of the file that holds it */
export async function registerBase(writer: LedgerWriter, baseId: Hex, contentHash: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: modelsAbi, functionName: 'registerBase', args: [baseId, contentHash] })
  return sendCall(writer, { name: 'base registration', to: writer.addresses.models, data })
}
