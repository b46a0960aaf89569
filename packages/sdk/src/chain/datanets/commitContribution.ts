import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { datanetsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Anchors a contribution before it is shown. @param commitment `contributionCommitment(digest, salt)` */
export async function commitContribution(writer: LedgerWriter, datanetId: bigint, commitment: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'commit', args: [datanetId, commitment] })
  return sendCall(writer, { name: 'commit', to: writer.addresses.datanets, data })
}
