import { encodeFunctionData, type Address, type TransactionReceipt } from 'viem'
import { datanetsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Allows or forbids a builder to train on a datanet; by its owner. */
export async function setBuilder(writer: LedgerWriter, datanetId: bigint, builder: Address, allowed: boolean): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'setBuilder', args: [datanetId, builder, allowed] })
  return sendCall(writer, { name: 'builder change', to: writer.addresses.datanets, data })
}
