import { encodeFunctionData, parseEventLogs } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Starts the payer's way out of a channel. @returns when the thaw ends, unix seconds */
export async function startChannelThaw(writer: LedgerWriter, channelId: Hex): Promise<bigint> {
  const data = encodeFunctionData({ abi: channelsAbi, functionName: 'startThaw', args: [channelId] })
  const { logs } = await sendCall(writer, { name: 'thaw', to: writer.addresses.channels, data })
  return onlyEvent(parseEventLogs({ abi: channelsAbi, eventName: 'ThawStarted', logs }), 'ThawStarted').args.thawEndsAt
}
