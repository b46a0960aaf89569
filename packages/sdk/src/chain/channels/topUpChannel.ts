import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Adds native OPEN of the sender to a channel; anyone may. @param amount smallest unit */
export async function topUpChannel(writer: LedgerWriter, channelId: Hex, amount: bigint): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: channelsAbi, functionName: 'depositNative', args: [channelId] })
  return sendCall(writer, { name: 'deposit', to: writer.addresses.channels, data, value: amount })
}
