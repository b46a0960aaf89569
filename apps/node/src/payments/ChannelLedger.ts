import { signStatement, statementDomain, type Hex } from '@openledger/protocol'
import type { Address, LocalAccount } from 'viem'
import type { Query } from '../database/Database.ts'
import { checkAdmission } from './checkAdmission.ts'
import { emptyAccount, type ChannelAccount, type ChannelOnChain, type ReadChannel } from './ChannelState.ts'
import { checkVoucher, type VoucherInput } from './checkVoucher.ts'
import { Turns } from './Turns.ts'

export type ChannelLedgerOptions = {
  chainId: number
  channels: Address
  gateway: Address
  creditLimit: bigint
  /** How much may be answered in all before a channel's first voucher. */
  firstVoucherCap: bigint
  readChannel: ReadChannel
  /** Keeps a voucher for good; it counts when this returns. */
  keepVoucher: (voucher: VoucherInput) => Promise<void>
  now: () => number
  /** A channel read this long ago (milliseconds) is still believed. Default 2,000. */
  freshMs?: number
  /** With the chain away, a channel read this long ago is still believed. Default 10 minutes. */
  staleMs?: number
}

/** The right to answer once at a channel's expense. Exactly one of its two ends is called. */
export type Reservation = { channelId: Hex; release(): void }

type Cached = { at: number; state: ChannelOnChain | undefined }

/** What every channel has spent, signed and reserved. The journal holds the truth; this is its sum in memory. */
export class ChannelLedger {
  readonly #options: ChannelLedgerOptions
  readonly #accounts = new Map<Hex, ChannelAccount>()
  readonly #chain = new Map<Hex, Cached>()
  readonly #turns = new Turns()

  constructor(options: ChannelLedgerOptions) {
    this.#options = options
  }

  /** Fills the accounts from the tables. */
  async load(query: Query): Promise<void> {
    const receipts = await query<{ channel_id: Hex; channel_total: string }>(`select channel_id, channel_total::text from receipts order by channel_id, channel_total`)
    const vouchers = await query<{ channel_id: Hex; cumulative: string; signature: Hex }>(`select channel_id, cumulative::text, signature from vouchers`)
    for (const row of vouchers) Object.assign(this.#account(row.channel_id), { vouchered: BigInt(row.cumulative), signature: row.signature })
    for (const row of receipts) this.#addTotal(row.channel_id, BigInt(row.channel_total))
  }

  /** A channel's account; a copy. */
  account(channelId: Hex): ChannelAccount {
    const account = this.#account(channelId)
    return { ...account, openTotals: [...account.openTotals] }
  }

  /** The channel on the chain, read again when the last reading is older than `maxAgeMs`. */
  async onChain(channelId: Hex, maxAgeMs = this.#options.freshMs ?? 2000): Promise<ChannelOnChain | undefined> {
    const { now, readChannel, staleMs = 600_000 } = this.#options
    const cached = this.#chain.get(channelId)
    if (cached?.state && now() - cached.at < maxAgeMs) return cached.state
    try {
      const state = await readChannel(channelId)
      this.#chain.set(channelId, { at: now(), state })
      return state
    } catch (error) {
      if (cached?.state && now() - cached.at <= staleMs) return cached.state
      throw error
    }
  }

  /**
   * Reserves the highest fee of one answer.
   * @throws PaymentError as checkAdmission; nothing is reserved then
   */
  async reserve(channelId: Hex, maxFee: bigint, managed: boolean): Promise<Reservation> {
    const { gateway, creditLimit, firstVoucherCap } = this.#options
    const check = (chain: ChannelOnChain | undefined): void => checkAdmission({ account: this.#account(channelId), chain, gateway, maxFee, creditLimit, firstVoucherCap, managed })
    const seen = await this.onChain(channelId)
    try {
      check(seen)
    } catch {
      // The payer may have deposited a moment ago.
      check(await this.onChain(channelId, 0))
    }
    const account = this.#account(channelId)
    account.reserved += maxFee
    let held = true
    return {
      channelId,
      release: () => {
        if (held) account.reserved -= maxFee
        held = false
      },
    }
  }

  /** What the channel will owe in all after an answer of this fee. */
  totalAfter(channelId: Hex, fee: bigint): bigint {
    return this.#account(channelId).spent + fee
  }

  /** Counts an answer whose receipt is in the journal. */
  spend(channelId: Hex, channelTotal: bigint): void {
    this.#addTotal(channelId, channelTotal)
  }

  /** Checks a voucher and keeps it. Vouchers of one channel wait for each other. Errors as checkVoucher. */
  acceptVoucher(voucher: VoucherInput): Promise<ChannelAccount> {
    return this.#turns.take(voucher.channelId, async () => {
      const { chainId, channels, gateway } = this.#options
      const context = (chain: ChannelOnChain | undefined) => ({ account: this.#account(voucher.channelId), chain, chainId, channels, gateway })
      const seen = await this.onChain(voucher.channelId)
      const verdict = await checkVoucher(voucher, context(seen)).catch(async () => checkVoucher(voucher, context(await this.onChain(voucher.channelId, 0))))
      if (verdict === 'new') await this.#keep(voucher)
      return this.account(voucher.channelId)
    })
  }

  /** Signs what a managed payer owes; nothing when nothing is owed. */
  async signFor(channelId: Hex, payer: Pick<LocalAccount, 'signTypedData'>): Promise<ChannelAccount> {
    const { spent, vouchered } = this.#account(channelId)
    if (spent === vouchered) return this.account(channelId)
    const { chainId, channels } = this.#options
    const signature = await signStatement(payer, statementDomain(chainId, channels), 'Voucher', { channelId, cumulative: spent })
    return this.acceptVoucher({ channelId, cumulative: spent, signature })
  }

  /**
   * Marks what a prepaid channel has spent as paid, so that it is collected: its payer has authorised all of it, and signs nothing more.
   * @returns what to collect; undefined when nothing was spent
   */
  keepPrepaid(channelId: Hex): Promise<VoucherInput | undefined> {
    return this.#turns.take(channelId, async () => {
      const { spent, vouchered } = this.#account(channelId)
      const voucher: VoucherInput = { channelId, cumulative: spent, signature: '0x' }
      if (spent > vouchered) await this.#keep(voucher)
      return spent > 0n ? voucher : undefined
    })
  }

  /** All channels that this node has answered for. */
  channelIds(): Hex[] {
    return [...this.#accounts.keys()]
  }

  async #keep(voucher: VoucherInput): Promise<void> {
    await this.#options.keepVoucher(voucher)
    const account = this.#account(voucher.channelId)
    account.vouchered = voucher.cumulative
    account.signature = voucher.signature
    account.openTotals = account.openTotals.filter((total) => total > voucher.cumulative)
  }

  #account(channelId: Hex): ChannelAccount {
    let account = this.#accounts.get(channelId)
    if (!account) this.#accounts.set(channelId, (account = emptyAccount()))
    return account
  }

  #addTotal(channelId: Hex, total: bigint): void {
    const account = this.#account(channelId)
    if (total > account.spent) account.spent = total
    if (total > account.vouchered) account.openTotals.push(total)
  }
}
