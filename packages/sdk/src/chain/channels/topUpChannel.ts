import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { payOpen } from '../wopen/payOpen.ts'

/** Adds OPEN of the sender to a channel; anyone may. @param amount smallest unit */
export async function topUpChannel(writer: LedgerWriter, channelId: Hex, amount: bigint): Promise<TransactionReceipt> {
  const native = encodeFunctionData({ abi: channelsAbi, functionName: 'depositNative', args: [channelId] })
  const wrapped = encodeFunctionData({ abi: channelsAbi, functionName: 'deposit', args: [channelId, amount] })
  return payOpen(writer, { name: 'deposit', to: writer.addresses.channels, amount, native, wrapped })
}
