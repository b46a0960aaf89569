import { encodeFunctionData, parseEventLogs } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/**
 * Pays the rest of a channel back to its payer in WOPEN and closes it for good: for its gateway at any time, for others when it is prepaid and thawed.
 * @returns what was paid, smallest unit
 */
export async function closeChannel(writer: LedgerWriter, channelId: Hex): Promise<bigint> {
  const data = encodeFunctionData({ abi: channelsAbi, functionName: 'close', args: [channelId] })
  const { logs } = await sendCall(writer, { name: 'closing', to: writer.addresses.channels, data })
  return onlyEvent(parseEventLogs({ abi: channelsAbi, eventName: 'ChannelClosed', logs }), 'ChannelClosed').args.returned
}
