import type { Chain } from '../blocks/Chain.ts'
import type { ChainClock } from '../blocks/ChainClock.ts'
import type { TransactionPool } from '../pool/TransactionPool.ts'
import type { BlockProducer } from './BlockProducer.ts'

export type ScheduleOptions = {
  /** Milliseconds between blocks; 0 makes one on demand. Without transactions there are no blocks either way. */
  blockTimeMs: number
  /** On demand: how long the first transaction waits for others to join its block. */
  batchDelayMs: number
  /**
   * On demand: how far, in seconds, blocks may run ahead of the clock. Each block's time is later than the one before it, in whole
   * seconds; so several blocks a second run ahead, and from this lead on there is one a second until the clock has caught up.
   */
  maxAheadSeconds: number
  /** Told about a block that could not be made. It is tried again. */
  onError: (error: unknown) => void
}

const retryMs = 1_000

/** Decides when blocks are made. */
export class BlockSchedule {
  private readonly producer: BlockProducer
  private readonly pool: TransactionPool
  private readonly chain: Chain
  private readonly clock: ChainClock
  private readonly options: ScheduleOptions
  private timer: NodeJS.Timeout | undefined
  private lastBlockMs = 0
  private stopped = false
  private busy = false

  constructor(producer: BlockProducer, pool: TransactionPool, chain: Chain, clock: ChainClock, options: ScheduleOptions) {
    this.producer = producer
    this.pool = pool
    this.chain = chain
    this.clock = clock
    this.options = options
  }

  /** To be called when a transaction became ready. */
  notify(): void {
    if (this.stopped || this.busy || this.timer !== undefined) return
    this.timer = setTimeout(() => void this.tick(), this.delayMs())
  }

  /** Stops; a block that is being made is finished first. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.producer.idle()
  }

  private delayMs(): number {
    const sinceLast = performance.now() - this.lastBlockMs
    if (this.options.blockTimeMs > 0) return Math.max(0, this.options.blockTimeMs - sinceLast)
    const ahead = this.clock.ahead(this.chain.head.header.timestamp)
    const pace = ahead > BigInt(this.options.maxAheadSeconds) ? 1_000 - sinceLast : 0
    return Math.max(this.options.batchDelayMs, pace)
  }

  private async tick(): Promise<void> {
    this.timer = undefined
    this.busy = true
    const startedMs = performance.now()
    let again = 0
    try {
      // A transaction that only waits for a lower base fee gets it by empty blocks: each lowers the fee by an eighth.
      const made = (await this.producer.produce(false)) ?? (this.pool.waitsForLowerFee ? await this.producer.produce(true) : undefined)
      if (made !== undefined) this.lastBlockMs = startedMs
      if (made?.count === 0) again = retryMs
    } catch (error) {
      again = retryMs
      this.options.onError(error)
    }
    this.busy = false
    if (this.stopped || this.timer !== undefined || this.pool.size === 0) return
    if (again > 0) this.timer = setTimeout(() => void this.tick(), again)
    else if (this.pool.hasWork) this.notify()
  }
}
