import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { datanetsAbi, type Hex, type MerkleProof } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { proofArgument } from '../connection/proofArgument.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Withdraws the sender's consent for one record. @param proof the record's place in the contribution's tree of record ids */
export async function revokeRecord(writer: LedgerWriter, contributionId: Hex, recordId: Hex, proof: MerkleProof): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'revoke', args: [contributionId, recordId, proofArgument(proof)] })
  return sendCall(writer, { name: 'revoke', to: writer.addresses.datanets, data })
}
