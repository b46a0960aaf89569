import { encodeFunctionData, parseEventLogs } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/**
 * Pays the rest of a thawed channel back to its payer and closes it for good.
 * @param unwrap whether as native OPEN; default true
 * @returns what was paid, smallest unit
 */
export async function withdrawChannel(writer: LedgerWriter, channelId: Hex, unwrap = true): Promise<bigint> {
  const data = encodeFunctionData({ abi: channelsAbi, functionName: 'withdraw', args: [channelId, unwrap] })
  const { logs } = await sendCall(writer, { name: 'withdrawal', to: writer.addresses.channels, data })
  return onlyEvent(parseEventLogs({ abi: channelsAbi, eventName: 'ChannelClosed', logs }), 'ChannelClosed').args.returned
}
