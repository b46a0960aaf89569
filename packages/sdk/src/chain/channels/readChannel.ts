import { zeroAddress, type Address } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type ChannelState = {
  payer: Address
  gateway: Address
  /** How long the payer waits for the rest, seconds; fixed when the channel opened. */
  thawPeriod: number
  /** Unix seconds; 0 while no thaw runs. */
  thawEndsAt: bigint
  closed: boolean
  /** Paid for one answer, which is collected without a voucher. */
  prepaid: boolean
  deposited: bigint
  collected: bigint
}

/** A channel's state, amounts in the smallest unit; null when the chain does not know it. */
export async function readChannel(reader: LedgerReader, channelId: Hex): Promise<ChannelState | null> {
  const state = await readLedger(reader, 'channel', (client) =>
    client.readContract({ address: reader.addresses.channels, abi: channelsAbi, functionName: 'getChannel', args: [channelId] }),
  )
  return state.payer === zeroAddress ? null : state
}
