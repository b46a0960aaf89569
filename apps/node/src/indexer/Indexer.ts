import type { Network } from '@openledger/protocol'
import type { Address, Hex, PublicClient } from 'viem'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { Database } from '../database/Database.ts'
import { decodeLogs, eventSources, type ChainEvent } from './decodeLogs.ts'
import { forgetAbove, keepEvents, knownBlocks, type KnownBlock } from './eventTable.ts'

export type IndexerOptions = {
  network: Network
  client: PublicClient
  database: Database
  clock: Clock
  log: Log
  /** Pause between two looks at the chain, milliseconds. Default 500. */
  pollMs?: number
  /** Blocks asked for at once. Default 2,000. */
  batchBlocks?: number
  onEvents?: (events: readonly (ChainEvent & { time: number })[]) => void
}

export type IndexerState = { reachable: boolean; head: number; indexed: number; awaySince: number | null; reorganisations: number }

const slowestRetryMs = 10_000
const ancestorPage = 64

/** Follows the events of our contracts from the block of their deployment, takes back what a reorganisation took back, and waits while the chain is away. */
export class Indexer {
  readonly #options: IndexerOptions
  readonly #stop = new AbortController()
  readonly #state: IndexerState
  #batch: number
  #loop: Promise<void> | undefined
  #waiters: { block: number; resolve: () => void }[] = []

  constructor(options: IndexerOptions) {
    this.#options = options
    this.#batch = options.batchBlocks ?? 2000
    this.#state = { reachable: false, head: 0, indexed: Number(options.network.deployBlock) - 1, awaySince: null, reorganisations: 0 }
  }

  get state(): Readonly<IndexerState> {
    return this.#state
  }

  /** Starts following the chain; returns at once. */
  start(): void {
    this.#loop ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    for (const waiter of this.#waiters) waiter.resolve()
    this.#waiters = []
  }

  /** Resolves when a block is indexed, or when the indexer stops. */
  async reached(block: number): Promise<void> {
    if (this.#state.indexed >= block) return
    await new Promise<void>((resolve) => this.#waiters.push({ block, resolve }))
  }

  async #run(): Promise<void> {
    const { clock, log, pollMs = 500 } = this.#options
    let retryMs = pollMs
    while (!this.#stop.signal.aborted) {
      try {
        const done = await this.step()
        if (!this.#state.reachable && this.#state.awaySince !== null) log.info('chain.back', { awayMs: clock.now() - this.#state.awaySince })
        Object.assign(this.#state, { reachable: true, awaySince: null })
        retryMs = pollMs
        if (done) await clock.sleep(pollMs, this.#stop.signal)
      } catch (error) {
        if (this.#state.awaySince === null) {
          this.#state.awaySince = clock.now()
          log.warn('chain.away', errorFields(error))
        }
        this.#state.reachable = false
        await clock.sleep(retryMs, this.#stop.signal)
        retryMs = Math.min(retryMs * 2, slowestRetryMs)
      }
    }
  }

  /** Indexes one range of blocks; true when the newest block is indexed. */
  async step(): Promise<boolean> {
    const { client, database, network } = this.#options
    const head = await client.getBlock({ blockTag: 'latest' })
    this.#state.head = Number(head.number)
    const last = await this.#ancestor()
    const from = Math.max(last ? last.number + 1 : 0, Number(network.deployBlock))
    if (from > Number(head.number)) {
      this.#reach(last?.number ?? from - 1)
      return true
    }
    const to = Math.min(from + this.#batch - 1, Number(head.number))
    const end = to === Number(head.number) ? head : await client.getBlock({ blockNumber: BigInt(to) })
    const events = await this.#events(from, to)
    if (events === undefined) return false
    const again = await client.getBlock({ blockNumber: BigInt(to) })
    // The chain changed while its events were read: look again.
    if (again.hash !== end.hash || (last && to === last.number + 1 && end.parentHash !== last.hash)) return false
    const blocks = new Map<number, KnownBlock>([[to, { number: to, hash: end.hash!, time: Number(end.timestamp) }]])
    for (const { block } of events) if (!blocks.has(block)) blocks.set(block, await this.#block(block))
    const timed = events.map((event) => ({ ...event, time: blocks.get(event.block)!.time }))
    await keepEvents(database, timed, [...blocks.values()])
    this.#reach(to)
    if (timed.length > 0) this.#options.onEvents?.(timed)
    return to === Number(head.number)
  }

  async #events(from: number, to: number): Promise<ChainEvent[] | undefined> {
    const sources = eventSources(this.#options.network)
    try {
      const logs = await this.#options.client.getLogs({ address: [...sources.keys()] as Address[], fromBlock: BigInt(from), toBlock: BigInt(to) })
      return decodeLogs(logs, sources)
    } catch (error) {
      // Many servers limit the range or the number of events: ask for less.
      if (this.#batch === 1 || from === to) throw error
      this.#batch = Math.max(1, Math.floor((to - from + 1) / 4))
      return undefined
    }
  }

  async #block(number: number): Promise<KnownBlock> {
    const block = await this.#options.client.getBlock({ blockNumber: BigInt(number) })
    return { number, hash: block.hash as Hex, time: Number(block.timestamp) }
  }

  /** The newest known block that is still part of the chain; forgets what stands above it. */
  async #ancestor(): Promise<KnownBlock | undefined> {
    const { client, database, log } = this.#options
    let below = Number.MAX_SAFE_INTEGER
    let newest: KnownBlock | undefined
    for (;;) {
      const known = await knownBlocks(database.query, below, below === Number.MAX_SAFE_INTEGER ? 1 : ancestorPage)
      newest ??= known[0]
      for (const block of known) {
        const now = block.number > this.#state.head ? undefined : await client.getBlock({ blockNumber: BigInt(block.number) })
        if (now?.hash !== block.hash) continue
        if (block.number !== newest!.number) await this.#rollBack(newest!.number, block.number)
        return block
      }
      if (known.length === 0) break
      below = known.at(-1)!.number - 1
    }
    if (newest) {
      log.warn('chain.replaced', { known: newest.number })
      await this.#rollBack(newest.number, -1)
    }
    return undefined
  }

  async #rollBack(from: number, to: number): Promise<void> {
    this.#options.log.warn('chain.reorganised', { from, to })
    await forgetAbove(this.#options.database, to)
    this.#state.reorganisations++
    this.#state.indexed = Math.min(this.#state.indexed, Math.max(to, Number(this.#options.network.deployBlock) - 1))
  }

  #reach(block: number): void {
    this.#state.indexed = block
    const ready = this.#waiters.filter((waiter) => waiter.block <= block)
    this.#waiters = this.#waiters.filter((waiter) => waiter.block > block)
    for (const waiter of ready) waiter.resolve()
  }
}
