import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { payOpen } from '../wopen/payOpen.ts'

/** Opens a channel from the sender to a gateway with OPEN. @param amount smallest unit @returns the channel's id */
export async function openChannel(writer: LedgerWriter, gateway: Address, salt: Hex, amount: bigint): Promise<Hex> {
  const native = encodeFunctionData({ abi: channelsAbi, functionName: 'openNative', args: [gateway, salt] })
  const wrapped = encodeFunctionData({ abi: channelsAbi, functionName: 'open', args: [gateway, salt, amount] })
  const { logs } = await payOpen(writer, { name: 'channel opening', to: writer.addresses.channels, amount, native, wrapped })
  return onlyEvent(parseEventLogs({ abi: channelsAbi, eventName: 'ChannelOpened', logs }), 'ChannelOpened').args.channelId
}
