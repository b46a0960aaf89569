import type { ContentStore } from '@openledger/datanet'
import { OpenLedgerError, sha256, writeArtefact, type Hex, type Network } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { NodeMetrics } from '../metrics/NodeMetrics.ts'
import { channelsWaiting, readBalances, readEpochs, readVouchers, readWaiting, type EpochRow } from './epochTables.ts'
import type { GatewayChain } from './GatewayChain.ts'
import { planEpoch, type HeldVoucher } from './planEpoch.ts'

export type SettlementParts = {
  network: Network
  gateway: Address
  chain: GatewayChain
  ledger: Ledger
  content: ContentStore
  clock: Clock
  log: Log
  metrics: NodeMetrics
  /** Pause between two settlements, milliseconds; 0 settles on demand alone. */
  intervalMs: number
  /** Receipts in one epoch; the last channel's may exceed it. Default 10,000. */
  maxReceipts?: number
}

const vouchersPerCall = 100
const maxRebuilds = 5

/**
 * Turns vouchered receipts into epochs: plan, journal, collect, post. Each step first looks what the chain says, so a crash at any
 * point is healed by doing the same again: a voucher is collected once, an epoch posted once, a receipt in one epoch.
 */
export class Settlement {
  readonly #parts: SettlementParts
  readonly #stop = new AbortController()
  /** Channels whose voucher the chain refused: they hold nobody up, and are tried again after a restart. */
  readonly #refused = new Set<Hex>()
  #queue: Promise<unknown> = Promise.resolve()
  #loop: Promise<void> | undefined
  #lastError: string | null = null
  /** Prepaid answers that wait to be collected together. */
  #soon: HeldVoucher[] = []

  constructor(parts: SettlementParts) {
    this.#parts = parts
  }

  /** Why the last settlement failed; null when it did not. */
  get lastError(): string | null {
    return this.#lastError
  }

  /** Begins to settle on the timer. */
  start(): void {
    if (this.#parts.intervalMs > 0) this.#loop ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    await this.#queue.catch(() => undefined)
  }

  /**
   * Settles what is vouchered now.
   * @returns the index of the epoch that was posted; null when there was nothing to settle
   * @throws what the chain refuses (NOT_STAKED_GATEWAY), BOND_USED_UP, CHAIN_AWAY, NO_SPACE; the next call goes on where this one ended
   */
  settle(): Promise<number | null> {
    const turn = this.#queue.then(() => this.#settle())
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  /**
   * Collects a prepaid answer in the next turn, in one transaction with others that wait, so that its payer has the rest back soon.
   * @throws what the chain refuses; it is collected with its epoch then
   */
  collectSoon(voucher: HeldVoucher): Promise<void> {
    this.#soon.push(voucher)
    const turn = this.#queue.then(async () => {
      const waiting = this.#soon.splice(0, vouchersPerCall)
      if (waiting.length > 0) await this.#parts.chain.collect(waiting)
    })
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  async #run(): Promise<void> {
    const { clock, intervalMs, log, metrics } = this.#parts
    for (;;) {
      await clock.sleep(intervalMs, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      await this.settle().catch((error: unknown) => {
        metrics.failed('settlement')
        log.warn('settlement.failed', errorFields(error))
      })
    }
  }

  async #settle(): Promise<number | null> {
    try {
      const index = await this.#advance()
      this.#lastError = null
      return index
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  async #advance(): Promise<number | null> {
    for (let attempt = 0; attempt < maxRebuilds; attempt++) {
      const plan = (await this.#unfinished()) ?? (await this.#plan())
      if (!plan) return null
      if (plan.stage === 'posted') return plan.index
      if (await this.#collect(plan)) {
        await this.#post(plan)
        return plan.index
      }
      await this.#parts.ledger.record('epochVoided', { gateway: this.#gateway, index: plan.index })
    }
    throw new OpenLedgerError('SETTLEMENT_STUCK', 'the chain refused vouchers again and again', { action: 'retry', fix: 'look at the log: it names the channels' })
  }

  get #gateway(): Address {
    return this.#parts.gateway.toLowerCase() as Address
  }

  /** The epoch that was put together but not known to be posted; brings what this node believes in line with the chain first. */
  async #unfinished(): Promise<EpochRow | undefined> {
    const { ledger, chain, log } = this.#parts
    const epochs = await readEpochs(ledger.query, this.#gateway)
    const newest = epochs[0]
    if (!newest) return undefined
    const next = await chain.nextIndex()
    // An epoch that the chain voided takes with it what was put together on its balances.
    const fallen = epochs.some((e) => e.stage === 'posted' && e.index >= next) ? epochs.filter((e) => e.index >= next) : []
    for (const { index } of fallen) {
      log.warn('epoch.voided', { index })
      await ledger.record('epochVoided', { gateway: this.#gateway, index })
    }
    if (fallen.length > 0) return undefined
    if (newest.stage !== 'built' || newest.index > next) return undefined
    if (newest.index === next) return newest
    // A post that was sent before a crash has arrived since.
    const root = await chain.postedRoot(newest.index)
    if (root?.toLowerCase() !== newest.linesRoot) {
      throw new OpenLedgerError('FOREIGN_EPOCH', `the chain holds another epoch ${newest.index} of this gateway than the one this node put together`, {
        action: 'stop',
        fix: "somebody else used the gateway's key: stop the other node, then restore this node's folder or start with a new gateway key",
      })
    }
    await ledger.record('epochPosted', { gateway: this.#gateway, index: newest.index })
    return { ...newest, stage: 'posted' }
  }

  async #plan(): Promise<EpochRow | undefined> {
    const { network, chain, content, ledger, maxReceipts = 10_000 } = this.#parts
    const { query } = ledger
    const vouchers = await this.#collectable(await readVouchers(query))
    const waiting = await readWaiting(query, [...vouchers.keys()], maxReceipts)
    const posted = (await readEpochs(query, this.#gateway)).find((epoch) => epoch.stage === 'posted')
    const previousBalances = posted ? await readBalances(query, this.#gateway, posted.index) : []
    const index = await chain.nextIndex()
    const wanted = waiting.reduce((sum, { receipt }) => sum + receipt.statement.fee, 0n)
    const room = wanted === 0n ? 0n : await chain.room(wanted)
    const plan = planEpoch({ network, gateway: this.#gateway, index, receipts: waiting, vouchers, previousBalances, room })
    if (!plan) return undefined
    const bytes = writeArtefact(plan.file)
    const { receiptsRoot, linesRoot, balancesRoot, total, lines, receipts } = plan.ledger
    const epoch = {
      gateway: this.#gateway,
      index,
      cid: await content.put(bytes),
      dataHash: sha256(bytes),
      receiptsRoot,
      linesRoot,
      balancesRoot,
      total: total.toString(),
      lineCount: lines.length,
      receiptCount: receipts.length,
      vouchers: plan.vouchers.map((v) => ({ ...v, cumulative: v.cumulative.toString() })),
    }
    await ledger.record('epoch', epoch)
    return { ...epoch, stage: 'built', total, vouchers: plan.vouchers }
  }

  /** The vouchers that the chain would pay. One that it would not pay holds nobody else up. */
  async #collectable(vouchers: ReadonlyMap<Hex, HeldVoucher>): Promise<Map<Hex, HeldVoucher>> {
    const good = new Map<Hex, HeldVoucher>()
    const waiting = await channelsWaiting(this.#parts.ledger.query)
    for (const id of waiting) {
      const voucher = vouchers.get(id)
      if (!voucher || this.#refused.has(id)) continue
      const channel = await this.#parts.chain.channel(id)
      if (channel && (channel.collected >= voucher.cumulative || (!channel.closed && channel.deposited >= voucher.cumulative))) good.set(id, voucher)
      else {
        this.#refused.add(id)
        this.#parts.log.warn('voucher.uncollectable', { channel: id, closed: channel?.closed ?? true })
      }
    }
    return good
  }

  /** Collects what is not collected yet; false when the chain refused a voucher, so that the epoch must be put together anew. */
  async #collect({ vouchers }: EpochRow): Promise<boolean> {
    const { chain, log } = this.#parts
    const open: HeldVoucher[] = []
    for (const voucher of vouchers) {
      const channel = await chain.channel(voucher.channelId)
      if (!channel || channel.collected < voucher.cumulative) open.push(voucher)
    }
    let sound = true
    for (let from = 0; from < open.length; from += vouchersPerCall) {
      const part = open.slice(from, from + vouchersPerCall)
      const { rejected } = await chain.collect(part).catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'NOTHING_COLLECTED') throw error
        return { rejected: part.map((v) => ({ channelId: v.channelId, code: 'NOTHING_COLLECTED' })) }
      })
      for (const { channelId, code } of rejected) {
        log.warn('voucher.refused', { channel: channelId, code })
        this.#refused.add(channelId)
        sound = false
      }
    }
    return sound
  }

  async #post(epoch: EpochRow): Promise<void> {
    const { chain, ledger, log } = this.#parts
    const { receiptsRoot, linesRoot, balancesRoot, total, lineCount, receiptCount, dataHash } = epoch
    // After a crash the plan can be older than the bond that it was made for.
    await chain.room(total)
    await chain.post({ index: BigInt(epoch.index), receiptsRoot, linesRoot, balancesRoot, total, lineCount, receiptCount, dataHash })
    await ledger.record('epochPosted', { gateway: this.#gateway, index: epoch.index })
    log.info('epoch.posted', { index: epoch.index, receipts: receiptCount, total: total.toString() })
  }
}
