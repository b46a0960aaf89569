import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Stops the payer's way out of a channel. */
export async function cancelChannelThaw(writer: LedgerWriter, channelId: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: channelsAbi, functionName: 'cancelThaw', args: [channelId] })
  return sendCall(writer, { name: 'thaw', to: writer.addresses.channels, data })
}
