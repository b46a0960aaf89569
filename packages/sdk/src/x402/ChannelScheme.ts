import { channelId as channelIdOf, PaymentError, signStatement, signTransferAuthorization, statementDomain, toHex, type AuthorisedPayment, type Hex } from '@openledger/protocol'
import type { Address, LocalAccount } from 'viem'
import type { SignedVoucher } from '../chain/channels/SignedVoucher.ts'

export type ChannelSchemeOptions = {
  /** The payer: a key, since contracts cannot sign vouchers. It needs WOPEN and no coin for gas. */
  account: Pick<LocalAccount, 'address' | 'signTypedData'>
  /** What the channel shall hold, smallest unit. */
  deposit: bigint
  /** What a channel's answers have cost so far, as its node says; `OpenLedgerClient.channel` tells. */
  readSpent: (channelId: Hex) => Promise<bigint>
  /** Unix milliseconds. Default Date.now. */
  now?: () => number
  /** Fills bytes with randomness. Default: the platform's. */
  random?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array
}

type Requirements = { network: string; amount: string; asset: string; payTo: string; maxTimeoutSeconds: number; extra?: Record<string, unknown> }
type OpenChannel = { id: Hex; chainId: number; channels: Address; deposit: AuthorisedPayment }

const refuse = (code: string, message: string, fix: string): PaymentError => new PaymentError(code, message, { status: 402, fix })

/**
 * Pays by a channel of this ledger in the scheme `batch-settlement` of x402, for clients such as `@x402/fetch`:
 * `client.register('eip155:*', new ChannelScheme({…}))`. The first request brings the authorised deposit, each further one the voucher for the
 * answers before. It never signs for more than the prices that were asked, nor above its deposit.
 */
export class ChannelScheme {
  readonly scheme = 'batch-settlement'
  readonly #options: ChannelSchemeOptions
  #open: OpenChannel | undefined
  #signed: SignedVoucher | undefined
  /** The prices of the requests that no voucher covers yet. */
  #asked = 0n

  constructor(options: ChannelSchemeOptions) {
    this.#options = options
  }

  /**
   * What pays for one more request.
   * @throws PaymentError UNSUPPORTED_SCHEME, OVERCHARGED, DEPOSIT_TOO_SMALL; nothing is signed then
   */
  async createPaymentPayload(x402Version: number, requirements: Requirements): Promise<{ x402Version: number; payload: Record<string, unknown> }> {
    const open = (this.#open ??= await this.#deposit(requirements))
    const price = BigInt(requirements.amount)
    const voucher = await this.lastVoucher()
    const spent = voucher?.cumulative ?? 0n
    if (spent + price > this.#options.deposit) throw refuse('DEPOSIT_TOO_SMALL', `the channel holds ${this.#options.deposit}, ${spent} is spent, the answer can cost ${price}`, 'pay with a new channel and a larger deposit, or lower max_tokens')
    this.#asked += price
    const { authorization, signature } = open.deposit
    const deposit = { signature, authorization: Object.fromEntries(Object.entries(authorization).map(([k, v]) => [k, v.toString()])) }
    const paid = voucher ? { voucher: { cumulative: voucher.cumulative.toString(), signature: voucher.signature } } : { deposit }
    return { x402Version, payload: { channelId: open.id, ...paid } }
  }

  /**
   * The voucher for all answers so far: what is owed when no further request follows. Send it with `OpenLedgerClient.sendVoucher`.
   * @returns undefined before the first answer
   * @throws PaymentError OVERCHARGED when the node asks for more than the prices that it named
   */
  async lastVoucher(): Promise<SignedVoucher | undefined> {
    const open = this.#open
    if (!open) return undefined
    const before = this.#signed?.cumulative ?? 0n
    const spent = await this.#options.readSpent(open.id)
    if (spent <= before) return this.#signed
    if (spent > before + this.#asked) throw refuse('OVERCHARGED', `the node says that ${spent} is spent, the prices that it named sum to ${before + this.#asked}`, 'do not pay; keep the receipts')
    const statement = { channelId: open.id, cumulative: spent }
    const signature = await signStatement(this.#options.account, statementDomain(open.chainId, open.channels), 'Voucher', statement)
    this.#asked = 0n
    this.#signed = { ...statement, signature }
    return this.#signed
  }

  async #deposit({ network, asset, payTo, maxTimeoutSeconds, extra }: Requirements): Promise<OpenChannel> {
    const { account, deposit, now = Date.now, random = (bytes) => crypto.getRandomValues(bytes) } = this.#options
    if (extra?.binding !== 'openledger-channel/1') throw refuse('UNSUPPORTED_SCHEME', 'this server settles in batches by other channels than this ledger’s', 'pay by another scheme')
    const chainId = Number(network.replace(/^eip155:/, ''))
    const nonce = toHex(random(new Uint8Array(32)))
    const channels = extra.channels as Address
    const authorization = { from: account.address, to: payTo as Address, value: deposit, validAfter: 0n, validBefore: BigInt(Math.floor(now() / 1000) + maxTimeoutSeconds), nonce }
    const signature = await signTransferAuthorization(account, chainId, asset as Address, authorization)
    return { id: channelIdOf(channels, account.address, extra.gateway as Address, nonce), chainId, channels, deposit: { authorization, signature } }
  }
}
