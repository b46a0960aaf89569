import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Opens a channel from the sender to a gateway with native OPEN. @param amount smallest unit @returns the channel's id */
export async function openChannel(writer: LedgerWriter, gateway: Address, salt: Hex, amount: bigint): Promise<Hex> {
  const data = encodeFunctionData({ abi: channelsAbi, functionName: 'openNative', args: [gateway, salt] })
  const { logs } = await sendCall(writer, { name: 'channel opening', to: writer.addresses.channels, data, value: amount })
  return onlyEvent(parseEventLogs({ abi: channelsAbi, eventName: 'ChannelOpened', logs }), 'ChannelOpened').args.channelId
}
