import {
  authorisedPaymentSchema,
  channelId as channelIdOf,
  channelPaymentSchema,
  fail,
  paymentPayloadSchema,
  readArtefact,
  readPaymentHeader,
  wopenDomain,
  type AuthorisedPayment,
  type Hex,
  type Network,
  type PaymentRequired,
  type PaymentRequirements,
  type SettlementResponse,
} from '@openledger/protocol'
import type { Address } from 'viem'
import { errorFields, type Log } from '../config/Log.ts'
import type { Payer } from '../inference/AnswerRequest.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'
import type { Settlement } from '../settlement/Settlement.ts'
import { checkAccepted, checkAuthorisation, refusal } from './checkAuthorisation.ts'
import type { PaymentChain } from './PaymentChain.ts'

export type PaymentDoorParts = {
  network: Network
  gateway: Address
  chain: PaymentChain
  channels: ChannelLedger
  settlement: Pick<Settlement, 'collectSoon'>
  /** Unix milliseconds. */
  now: () => number
  log: Log
}

/** A payment that was taken. */
export type TakenPayment = {
  payer: Payer
  response: SettlementResponse
  /** To be called once when all answers that it pays for are there or have failed: collects their fees, gives the rest back. */
  finish(): Promise<void>
}

const timeoutSeconds = 300

/** How the binding of `batch-settlement` to this ledger's channels is called. */
export const channelBinding = 'openledger-channel/1'

/**
 * Where strangers pay, by x402 version 2; this node is its own facilitator.
 *
 * `exact`: the client authorises the most that its answer can cost. The money becomes a prepaid channel before the answer begins; the fee is
 * collected into the epoch, and the rest goes back to the client in the same transaction. `batch-settlement`: a channel of the client's,
 * opened by a deposit that it authorises, and a voucher for the answers before. One authorisation pays for one request: its nonce names
 * the channel, and a channel is prepaid once.
 */
export class PaymentDoor {
  readonly #parts: PaymentDoorParts
  /** Prepaid channels whose answers are being made. */
  readonly #busy = new Set<Hex>()

  constructor(parts: PaymentDoorParts) {
    this.#parts = parts
  }

  /** Whether a prepaid channel is in use right now. */
  isBusy(channelId: Hex): boolean {
    return this.#busy.has(channelId)
  }

  /** What a client may pay with. @param price the most that the request can cost, smallest unit @param error why it did not pay yet */
  async required(url: string, price: bigint, error: string): Promise<PaymentRequired> {
    return { x402Version: 2, error, resource: { url, description: 'an answer, with a receipt that says what it cost and whose data shaped it', mimeType: 'application/json' }, accepts: await this.#offers(price) }
  }

  /** A refusal as PAYMENT-RESPONSE carries it. */
  refused(code: string): SettlementResponse {
    return { success: false, errorReason: code.toLowerCase(), transaction: '', network: this.#network }
  }

  /**
   * Takes what the header PAYMENT-SIGNATURE brings.
   * @param price the most that the request can cost, smallest unit
   * @throws PaymentError whose code is a reason of x402; InputError BAD_PAYMENT_HEADER, BAD_ARTEFACT; errors of ChannelLedger.acceptVoucher; UnavailableError CHAIN_AWAY
   */
  async take(header: string, price: bigint): Promise<TakenPayment> {
    const payment = readPaymentHeader(paymentPayloadSchema, header)
    const offer = checkAccepted(payment, await this.#offers(price))
    return offer.scheme === 'exact' ? this.#takeExact(readArtefact(authorisedPaymentSchema, payment.payload), offer) : this.#takeChannel(payment.payload, offer)
  }

  get #network(): string {
    return `eip155:${this.#parts.network.chainId}`
  }

  async #offers(price: bigint): Promise<PaymentRequirements[]> {
    const { network, gateway, chain } = this.#parts
    const shared = { network: this.#network, amount: price.toString(), asset: network.contracts.wopen, maxTimeoutSeconds: timeoutSeconds }
    return [
      { scheme: 'exact', ...shared, payTo: await chain.till(true), extra: { ...wopenDomain, assetTransferMethod: 'eip3009' } },
      { scheme: 'batch-settlement', ...shared, payTo: await chain.till(false), extra: { ...wopenDomain, binding: channelBinding, channels: network.contracts.channels, gateway } },
    ]
  }

  async #takeExact(payment: AuthorisedPayment, offer: PaymentRequirements): Promise<TakenPayment> {
    const { network, gateway, channels } = this.#parts
    const { from, nonce, value } = payment.authorization
    await this.#check(payment, offer, true)
    const id = channelIdOf(network.contracts.channels, from, gateway, nonce)
    const used = () => refusal('invalid_transaction_state', 'this payment was used for another request', 'sign a new one, with another nonce')
    if (this.#busy.has(id)) throw used()
    this.#busy.add(id)
    try {
      const open = await channels.onChain(id, 0)
      // A client whose connection broke may come again with the same payment, as long as nothing was answered for it.
      if (open && (!open.prepaid || open.closed || channels.account(id).spent > 0n)) throw used()
      const transaction = open ? '' : await this.#open(payment, true)
      return {
        payer: { channelId: id, prepaid: true },
        response: { success: true, transaction: transaction || id, network: this.#network, payer: from, amount: value.toString(), extensions: { openledger: { channelId: id } } },
        finish: () => this.#finish(id),
      }
    } catch (error) {
      this.#busy.delete(id)
      throw error
    }
  }

  async #takeChannel(payload: object, offer: PaymentRequirements): Promise<TakenPayment> {
    const { network, gateway, channels } = this.#parts
    const { channelId, voucher, deposit } = readArtefact(channelPaymentSchema, payload)
    let transaction: string = channelId
    if (deposit) {
      const { from, nonce } = deposit.authorization
      if (channelIdOf(network.contracts.channels, from, gateway, nonce) !== channelId) fail('OTHER_CHANNEL', 'the deposit opens another channel than the payment names', { field: 'channelId' })
      if (!(await channels.onChain(channelId, 0))) {
        await this.#check(deposit, offer, false)
        transaction = await this.#open(deposit, false)
      }
    }
    const known = channels.account(channelId).vouchered
    if (voucher && voucher.cumulative > known) await channels.acceptVoucher({ channelId, ...voucher })
    const chain = await channels.onChain(channelId, 0)
    const { vouchered } = channels.account(channelId)
    return {
      payer: { channelId },
      response: { success: true, transaction, network: this.#network, ...(chain ? { payer: chain.payer } : {}), amount: (vouchered - known).toString(), extensions: { openledger: { channelId, vouchered: vouchered.toString() } } },
      finish: () => Promise.resolve(),
    }
  }

  /** Everything that can be said about a payment before it is carried out. */
  async #check(payment: AuthorisedPayment, { payTo, amount }: PaymentRequirements, exact: boolean): Promise<void> {
    const { network, now } = this.#parts
    await checkAuthorisation({ payment, network, payTo, amount: BigInt(amount), exact, now: BigInt(Math.floor(now() / 1000)) })
  }

  async #open(payment: AuthorisedPayment, prepaid: boolean): Promise<Hex> {
    const { chain } = this.#parts
    const { from, value } = payment.authorization
    const state = await chain.authorisation(payment)
    if (state === 'used') throw refusal('invalid_transaction_state', 'this payment was used or cancelled', 'sign a new one, with another nonce')
    if (state === 'open' && (await chain.balance(from)) < value) throw refusal('insufficient_funds', `${from} has less than ${value} of WOPEN`, 'wrap or receive more WOPEN, or lower max_tokens')
    return (await chain.open(payment, prepaid)).transaction
  }

  /** Collects what was answered and gives the rest back; gives everything back where nothing was. A failure leaves it to the next look at idle channels. */
  async #finish(id: Hex): Promise<void> {
    const { channels, settlement, chain, log } = this.#parts
    try {
      const voucher = await channels.keepPrepaid(id)
      if (voucher) await settlement.collectSoon(voucher)
      else await chain.close(id)
    } catch (error) {
      log.warn('prepaid.unfinished', { channel: id, ...errorFields(error) })
    } finally {
      this.#busy.delete(id)
    }
  }
}
