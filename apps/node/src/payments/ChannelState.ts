import type { Address } from 'viem'
import type { Hex } from '@openledger/protocol'

/** A channel as the newest block has it: what is pending does not count. A prepaid one pays for one request without a voucher; its thaw always runs and is not counted as such. */
export type ChannelOnChain = { payer: Address; gateway: Address; deposited: bigint; collected: bigint; closed: boolean; thawing: boolean; prepaid: boolean }

/** Reads a channel from the chain; undefined when there is none. Throws UnavailableError while the chain is away. */
export type ReadChannel = (id: Hex) => Promise<ChannelOnChain | undefined>

/** What a channel owes and has signed for, in the smallest unit, over its whole life. */
export type ChannelAccount = {
  /** The fees of all answers. */
  spent: bigint
  /** The highest voucher. */
  vouchered: bigint
  signature: Hex | undefined
  /** The highest possible fees of the answers that are being made. */
  reserved: bigint
  /** `spent` after each answer that no voucher covers yet, rising. */
  openTotals: bigint[]
}

/** An account without any answer. */
export const emptyAccount = (): ChannelAccount => ({ spent: 0n, vouchered: 0n, signature: undefined, reserved: 0n, openTotals: [] })
