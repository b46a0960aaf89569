import { encodeFunctionData, type Address, type TransactionReceipt } from 'viem'
import { datanetsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Grants or takes the curator's role; by the datanet's owner. */
export async function setCurator(writer: LedgerWriter, datanetId: bigint, curator: Address, allowed: boolean): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'setCurator', args: [datanetId, curator, allowed] })
  return sendCall(writer, { name: 'curator change', to: writer.addresses.datanets, data })
}
