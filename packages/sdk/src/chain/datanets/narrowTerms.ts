import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { datanetsAbi, type ConsentTerms } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Takes uses, and licences, out of a datanet's terms for adapters that are registered from now on; by its owner. Terms never widen. */
export async function narrowTerms(writer: LedgerWriter, datanetId: bigint, consent: ConsentTerms, licences: readonly string[] = []): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'narrowTerms', args: [datanetId, consent, licences] })
  return sendCall(writer, { name: 'change of terms', to: writer.addresses.datanets, data })
}
