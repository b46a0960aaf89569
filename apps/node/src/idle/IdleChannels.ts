import type { Hex } from '@openledger/protocol'
import type { ChannelListing } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'
import { listChannels } from '../views/channelViews.ts'
import type { Settlement } from '../settlement/Settlement.ts'

export type IdleChannelsParts = {
  query: Query
  gateway: Address
  channels: ChannelLedger
  settlement: Pick<Settlement, 'collectSoon'>
  clock: Clock
  log: Log
  close: (channelId: Hex) => Promise<void>
  /** Whether a prepaid channel's answer is being made. */
  isBusy: (channelId: Hex) => boolean
  /** Milliseconds without an answer; 0 leaves channels with vouchers open for ever. */
  idleMs: number
}

const lookMs = 600_000
/** A prepaid channel that nobody works on is of a request that was broken off. */
const prepaidMs = 60_000

/** What is to be done with a channel that has been quiet. */
export function idleAction(channel: ChannelListing, now: number, idleMs: number): 'close' | 'collect' | null {
  if (channel.closed) return null
  const quietMs = now - 1000 * (channel.lastAnswerAt ?? channel.openedAt)
  if (channel.prepaid) {
    if (quietMs < prepaidMs) return null
    return BigInt(channel.spent) > 0n ? 'collect' : 'close'
  }
  // What is vouchered must be collected first; what is owed without a voucher never can be.
  return idleMs > 0 && quietMs >= idleMs && BigInt(channel.vouchered) <= BigInt(channel.collected) ? 'close' : null
}

/** Gives payers back what lies in channels that nobody uses, so that no deposit is forgotten. What the chain refuses is tried once. */
export class IdleChannels {
  readonly #parts: IdleChannelsParts
  readonly #stop = new AbortController()
  readonly #refused = new Set<Hex>()
  #loop: Promise<void> | undefined

  constructor(parts: IdleChannelsParts) {
    this.#parts = parts
  }

  /** Looks now and then. */
  start(): void {
    this.#loop ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  /** Closes what is idle now. @returns the channels that were closed or collected */
  async closeIdle(): Promise<Hex[]> {
    const { query, gateway, channels, settlement, clock, log, close, isBusy, idleMs } = this.#parts
    const done: Hex[] = []
    for (const channel of await listChannels(query, channels, gateway)) {
      const { id } = channel
      const action = idleAction(channel, clock.now(), idleMs)
      if (!action || this.#refused.has(id) || isBusy(id)) continue
      try {
        const voucher = action === 'collect' ? await channels.keepPrepaid(id) : undefined
        if (voucher) await settlement.collectSoon(voucher)
        else await close(id)
        done.push(id)
        log.info('channel.closed', { channel: id, action })
      } catch (error) {
        // A chain that is away is asked again with the next look; a refusal stays one.
        if ((error as { action?: string }).action !== 'retry') this.#refused.add(id)
        log.warn('channel.unclosed', { channel: id, ...errorFields(error) })
      }
    }
    return done
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#parts
    for (;;) {
      await clock.sleep(lookMs, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      await this.closeIdle().catch((error: unknown) => log.warn('channels.unread', errorFields(error)))
    }
  }
}
