import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { reputationRegistryAbi, zeroHash, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

export type AgentRating = {
  /** Fixed-point, with `decimals` decimals; for the tag `starred` 0 to 100. */
  value: bigint
  /** 0 to 18; default 0. */
  decimals?: number
  /** Default `starred`. */
  tag1?: string
  tag2?: string
  /** Where more is written, with its keccak. */
  uri?: string
  hash?: Hex
}

/** Rates an agent for a guarantee that it kept, once; by the client. Fails with NOT_YOUR_GUARANTEE, ALREADY_RATED. */
export async function rateGuarantee(writer: LedgerWriter, guaranteeId: Hex, rating: AgentRating): Promise<TransactionReceipt> {
  const { value, decimals = 0, tag1 = 'starred', tag2 = '', uri = '', hash = zeroHash } = rating
  const data = encodeFunctionData({ abi: reputationRegistryAbi, functionName: 'giveFeedbackOn', args: [guaranteeId, value, decimals, tag1, tag2, '', uri, hash] })
  return sendCall(writer, { name: 'feedback', to: writer.addresses.reputationRegistry, data })
}
