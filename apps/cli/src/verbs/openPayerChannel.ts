import { channelId as channelIdOf, fail, keccak, utf8, type Hex } from '@openledger/protocol'
import { openChannel, readChannel, topUpChannel, type ChannelState } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Session } from '../context/Session.ts'
import { hasCode } from './hasCode.ts'
import { VoucherBook } from './VoucherBook.ts'

export type ChannelInput = {
  /** The name of the payer's key. */
  payer: string
  /** What shall be free in the channel after a deposit, smallest unit of OPEN. */
  amount: bigint
  /** A channel with this much free needs no deposit; default: `amount`. */
  enough?: bigint
  /** Default: the gateway of the node. */
  gateway?: Address
}

export type PayerChannel = { channelId: Hex; gateway: Address; deposited: bigint; /** What was put in by this call. */ paidIn: bigint }

/** Salts are counted, so that a payer finds its channels again without any file. */
const saltOf = (index: number): Hex => keccak(utf8(`openledger payer channel ${index}`))
const mostChannels = 1000

/** What is free: the deposit less what was collected or signed for. */
async function freeOf(session: Session, id: Hex, state: ChannelState): Promise<bigint> {
  const signed = (await new VoucherBook(session.folder.vouchers).last(id))?.cumulative ?? 0n
  return state.deposited - (signed > state.collected ? signed : state.collected)
}

/**
 * A channel from a payer to the node's gateway with enough free: the one that is open, topped up to `amount` when it must be, or a new
 * one. Repeated, it changes nothing.
 * @throws PaymentError NO_FUNDS; InputError BAD_AMOUNT
 */
export async function openPayerChannel(session: Session, { payer, amount, enough = amount, gateway }: ChannelInput): Promise<PayerChannel> {
  if (amount <= 0n) fail('BAD_AMOUNT', 'a channel needs a deposit above 0', { field: '--deposit' })
  const { account, writer } = await session.actor(payer)
  const to = gateway ?? (await session.node.status()).gateway
  for (let index = 0; index < mostChannels; index++) {
    const id = channelIdOf(session.network.contracts.channels, account.address, to, saltOf(index))
    const state = await readChannel(writer, id)
    if (!state) {
      try {
        await openChannel(writer, to, saltOf(index), amount)
        return { channelId: id, gateway: to, deposited: amount, paidIn: amount }
      } catch (error) {
        if (!hasCode(error, 'CHANNEL_EXISTS')) throw error
        index--
        continue
      }
    }
    if (state.closed || state.thawEndsAt !== 0n) continue
    const free = await freeOf(session, id, state)
    const missing = amount - free
    if (free >= enough || missing <= 0n) return { channelId: id, gateway: to, deposited: state.deposited, paidIn: 0n }
    await topUpChannel(writer, id, missing)
    return { channelId: id, gateway: to, deposited: state.deposited + missing, paidIn: missing }
  }
  return fail('TOO_MANY_CHANNELS', `this payer has closed ${mostChannels} channels with this gateway`, { fix: 'pay with another key' })
}
