import { encodeFunctionData, type Address, type TransactionReceipt } from 'viem'
import { datanetsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Puts a contributor on the allow-list or takes them off; by the datanet's owner or a curator. */
export async function setContributor(writer: LedgerWriter, datanetId: bigint, contributor: Address, allowed: boolean): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'setContributor', args: [datanetId, contributor, allowed] })
  return sendCall(writer, { name: 'contributor change', to: writer.addresses.datanets, data })
}
