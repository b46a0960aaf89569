import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { datanetsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Opens or closes a datanet to all contributors and to all builders; by its owner. */
export async function setDatanetPolicy(
  writer: LedgerWriter,
  datanetId: bigint,
  policy: { openToContributors: boolean; openToBuilders: boolean },
): Promise<TransactionReceipt> {
  const args = [datanetId, policy.openToContributors, policy.openToBuilders] as const
  return sendCall(writer, { name: 'policy change', to: writer.addresses.datanets, data: encodeFunctionData({ abi: datanetsAbi, functionName: 'setPolicy', args }) })
}
