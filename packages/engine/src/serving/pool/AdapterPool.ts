import { fail, type Hex, InputError, type OpenLedgerError, UnavailableError } from '@openledger/protocol'
import type { Adapter } from '../../adapter/Adapter.ts'
import type { AdapterBase } from '../../adapter/peftFolder.ts'
import type { LoadedAdapter } from '../../forward/LoadedAdapter.ts'
import { type AdapterRecord, countUse, recordOf } from './AdapterRecord.ts'
import type { AdapterSource } from './AdapterSource.ts'
import { AdapterUsage, type Usage } from './AdapterUsage.ts'
import { DiskLoads } from './DiskLoads.ts'
import { HostTier } from './HostTier.ts'
import { ReaderThread } from './ReaderThread.ts'
import { Tiers } from './Tiers.ts'
import type { WindowStore } from './WindowStore.ts'
import { WindowTier } from './WindowTier.ts'
import { Wishes } from './Wishes.ts'

export type AdapterPoolOptions = {
  /** Memory that steps compute with; stays with its maker. */
  window: WindowStore
  /** Most host memory for adapters that were read; what exists in memory alone comes on top. */
  hostBytes: number
  /** Milliseconds; default the process's clock. */
  now?: () => number
  /** Most adapters that are read at once; default 2. */
  readers?: number
  /** Where adapters are read from; default a thread that reads files. The pool closes it. */
  source?: AdapterSource
}

/** An adapter that is lent out: it stays in the window until it is released. Releasing twice does nothing. */
export type AdapterLease = { adapter: LoadedAdapter; release: () => void }

/** How full the tiers are and what went through them since the start. */
export type AdapterPoolStats = {
  registered: number
  host: { adapters: number; bytes: number; maxBytes: number }
  window: { adapters: number; bytes: number; maxBytes: number; pinned: number }
  loads: { disk: number; host: number }
  hits: number
  misses: number
  evictions: { host: number; window: number }
  /** The latest load times, disk to host and host to window. */
  loadMs: { disk: number[]; host: number[] }
  failures: number
}

/** What is known of one adapter. */
export type AdapterState = Pick<AdapterRecord, 'id' | 'path' | 'bytes' | 'fileBytes' | 'configHash' | 'layout' | 'pinned' | 'uses'> & { tier: 'disk' | 'host' | 'window' }

/** An adapter that arrived is kept this long for who asked for it. */
const keepAskedMs = 2000

/**
 * The adapters that can be served over one base, by id, in three tiers: files, host memory, and the window that steps compute with.
 * What is wanted moves up, in the background and verified on every load; what is neither in use, pinned nor more wanted makes room, by
 * GreedyDual-Size-Frequency. Everything but reading happens in the caller's thread.
 */
export class AdapterPool {
  readonly #window: WindowTier
  readonly #host: HostTier
  readonly #disk: DiskLoads
  readonly #source: AdapterSource
  readonly #now: () => number
  readonly #records = new Map<Hex, AdapterRecord>()
  readonly #wishes = new Wishes(keepAskedMs)
  readonly #tiers: Tiers
  readonly #usage = new AdapterUsage()
  readonly #listeners = new Set<() => void>()
  #hits = 0
  #misses = 0
  #retired = 0
  #closed = false

  constructor(model: AdapterBase, options: AdapterPoolOptions) {
    this.#now = options.now ?? (() => performance.now())
    this.#window = new WindowTier(options.window)
    this.#host = new HostTier(options.hostBytes)
    this.#source = options.source ?? new ReaderThread(model)
    this.#disk = new DiskLoads(this.#source, { readers: options.readers ?? 2, now: this.#now, maxBytes: options.window.maxBytes })
    this.#tiers = new Tiers({
      window: this.#window,
      host: this.#host,
      disk: this.#disk,
      wishes: this.#wishes,
      now: this.#now,
      find: (id) => this.#records.get(id),
      onPlaced: (records) => {
        for (const record of records) this.#count(record, 'loads')
        this.#notify()
      },
      onFailed: (record) => {
        this.#wishes.settle(record.id)
        this.#count(record, 'failures')
        this.#notify()
      },
    })
  }

  /**
   * Reads and checks a PEFT folder or GGUF adapter file, which must stay in place, and makes its adapter known.
   * @returns the adapter's id
   * @throws InputError `ADAPTER_*`, `SAFETENSORS_*`, `GGUF_*`; StorageError `FILE_*`
   */
  async register(path: string): Promise<Hex> {
    const { adapter, ...place } = await this.#disk.first(path)
    const record = recordOf(adapter, { path, ...place })
    if (record.bytes > this.#window.maxBytes) {
      fail('ADAPTER_TOO_LARGE', `adapter ${adapter.id} takes ${record.bytes} bytes, the memory for adapters has ${this.#window.maxBytes}`, { fix: 'give adapters more memory' })
    }
    const known = this.#add(record)
    if (known !== record) {
      Object.assign(known, { path: record.path, fileBytes: record.fileBytes, fingerprint: record.fingerprint, failure: null })
    }
    if (!known.host && this.#host.managedBytes + this.#disk.reserved + known.bytes <= this.#host.maxBytes) this.#host.put(known, adapter)
    return adapter.id
  }

  /** Makes an adapter known that exists in memory alone; it is never dropped from host memory before `remove`. @returns its id */
  registerInMemory(adapter: Adapter): Hex {
    const record = this.#add(recordOf(adapter, null))
    if (!record.host) this.#host.put(record, adapter)
    return adapter.id
  }

  /** Ids of all registered adapters. */
  get ids(): Hex[] {
    return [...this.#records.values()].filter((record) => !record.retired).map(({ id }) => id)
  }

  has(id: Hex): boolean {
    return this.#records.get(id)?.retired === false
  }

  /** Whether steps can use an adapter now. */
  inWindow(id: Hex): boolean {
    return Boolean(this.#records.get(id)?.loaded)
  }

  /** Whether an adapter is wanted that finds no room, because all others in the window are in use or more wanted. */
  get lacksRoom(): boolean {
    return this.#tiers.blocked
  }

  /** What is known of an adapter, and where its tensors are. @throws InputError `ADAPTER_UNKNOWN` */
  describe(id: Hex): AdapterState {
    const record = this.#known(id)
    const { path, bytes, fileBytes, configHash, layout, pinned, uses } = record
    return { id, path, bytes, fileBytes, configHash, layout, pinned, uses, tier: record.loaded ? 'window' : record.host ? 'host' : 'disk' }
  }

  /** Forgets an adapter; who uses or holds it can finish with it. */
  remove(id: Hex): void {
    const record = this.#records.get(id)
    if (!record || record.retired) return
    record.retired = true
    this.#retired += 1
    record.pinned = false
    this.#tiers.pins.delete(record)
    this.#usage.forget(id)
    this.#dropRetired(record)
    this.#tiers.work()
  }

  /**
   * Registers a folder in the place of an adapter, which is forgotten: requests in flight finish with what they began with. A pin, and
   * a place in the window, pass on to the new one.
   * @returns the new id @throws like `register`, and then the old one stays; `ADAPTER_UNKNOWN`
   */
  async reload(id: Hex, path: string): Promise<Hex> {
    this.#known(id)
    const next = await this.register(path)
    const old = this.#records.get(id)
    if (next === id || !old || old.retired) return next
    if (old.pinned) this.#passPin(old, next)
    else if (old.loaded) this.#wishes.ask(next)
    this.remove(id)
    return next
  }

  /** Keeps an adapter in the window from now on. @throws InputError `ADAPTER_UNKNOWN`, `PINS_FULL` when no room would be left for others */
  pin(id: Hex): void {
    const record = this.#known(id)
    if (record.pinned) return
    let [pinned, largest] = [record.bytes, 0]
    for (const other of this.#tiers.pins) pinned += other.bytes
    for (const other of this.#records.values()) if (!other.pinned && other !== record && !other.retired) largest = Math.max(largest, other.bytes)
    if (pinned + largest > this.#window.maxBytes) {
      fail('PINS_FULL', `with adapter ${id} the pinned ones take ${pinned} of ${this.#window.maxBytes} bytes and leave too little for others, which take up to ${largest}`, {
        field: 'adapterId',
        fix: 'unpin another adapter or give adapters more memory',
        status: 409,
      })
    }
    record.pinned = true
    this.#tiers.pins.add(record)
    this.#tiers.work()
  }

  /** Lets a pinned adapter be evicted again. @throws InputError `ADAPTER_UNKNOWN` */
  unpin(id: Hex): void {
    const record = this.#known(id)
    record.pinned = false
    this.#tiers.pins.delete(record)
    this.#tiers.work()
  }

  /** Says what the queue wants next, the most wanted first; starts loading it. Unknown ids are passed over. */
  prefetch(ids: readonly Hex[]): void {
    this.#wishes.queue(ids)
    this.#tiers.work()
  }

  /**
   * Keeps an adapter usable for a request that was accepted, even when it is removed before its turn comes.
   * @returns ends the hold; ending it twice does nothing @throws InputError `ADAPTER_UNKNOWN`
   */
  hold(id: Hex): () => void {
    const record = this.#known(id)
    record.holds += 1
    return this.#once(() => {
      record.holds -= 1
      if (record.retired) this.#dropRetired(record)
    })
  }

  /**
   * Lends an adapter that is in the window.
   * @returns null when it is not there yet: it is being loaded, unless `failure` says why not; `onChange` tells when to ask again
   * @throws InputError `ADAPTER_UNKNOWN`
   */
  tryAcquire(id: Hex): AdapterLease | null {
    const record = this.#records.get(id)?.holds ? this.#records.get(id)! : this.#known(id)
    const late = this.#wishes.asked(id)
    if (!record.loaded) {
      if (!late) this.#count(record, 'misses')
      this.#wishes.ask(id)
      this.#tiers.work()
      if (!record.loaded) return null
    } else if (!late) this.#count(record, 'hits')
    this.#wishes.settle(id)
    this.#count(record, 'uses')
    countUse(record)
    this.#window.touch(record)
    record.uses += 1
    const release = this.#once(() => {
      record.uses -= 1
      if (record.retired) this.#dropRetired(record)
      if (this.#tiers.blocked && record.uses === 0) this.#tiers.work()
    })
    return { adapter: record.loaded, release }
  }

  /** Why an adapter cannot be had: it is unknown, or its last load failed and it is too early to try again; else null. */
  failure(id: Hex): OpenLedgerError | null {
    const record = this.#records.get(id)
    return record && (!record.retired || record.holds > 0) ? this.#disk.failureOf(record) : unknown(id)
  }

  /** Calls back whenever an adapter became available, failed to load, or left room. @returns ends it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** An adapter's tensors in host memory; they may be read for as long as the caller likes. @throws `ADAPTER_*`, `FILE_*` and the like */
  async adapterOf(id: Hex): Promise<Adapter> {
    const record = this.#known(id)
    return record.host ?? this.#tiers.read(record)
  }

  stats(): AdapterPoolStats {
    const [host, window] = [this.#host, this.#window]
    return {
      registered: this.#records.size - this.#retired,
      host: { adapters: host.adapters, bytes: host.bytes, maxBytes: host.maxBytes },
      window: { adapters: window.adapters, bytes: window.bytes, maxBytes: window.maxBytes, pinned: this.#tiers.pins.size },
      loads: { disk: this.#disk.times.count, host: this.#tiers.times.count },
      hits: this.#hits,
      misses: this.#misses,
      evictions: { host: host.evictions, window: window.evictions },
      loadMs: { disk: this.#disk.times.recent, host: this.#tiers.times.recent },
      failures: this.#disk.failures,
    }
  }

  /** One adapter's counts; null when it is not counted on its own. */
  perAdapter(id: Hex): Usage | null {
    return this.#usage.of(id)
  }

  /** The counts of the first thousand adapters, and of all others together. */
  usage(): ReturnType<AdapterUsage['all']> {
    return this.#usage.all()
  }

  /** Ends all loads and takes every adapter out of the window, which stays with its maker. */
  dispose(): void {
    if (this.#closed) return
    this.#closed = true
    this.#tiers.close()
    this.#source.close()
    this.#listeners.clear()
    for (const record of this.#records.values()) {
      this.#window.remove(record)
      this.#host.remove(record)
    }
    this.#records.clear()
  }

  #known(id: Hex): AdapterRecord {
    const record = this.#records.get(id)
    if (!record || record.retired) throw unknown(id)
    return record
  }

  #add(record: AdapterRecord): AdapterRecord {
    if (this.#closed) throw new UnavailableError('ENGINE_CLOSED', 'the engine was closed', { action: 'stop' })
    const known = this.#records.get(record.id)
    if (!known) this.#records.set(record.id, record)
    else if (known.retired) {
      known.retired = false
      this.#retired -= 1
    }
    return known ?? record
  }

  #passPin(old: AdapterRecord, next: Hex): void {
    old.pinned = false
    this.#tiers.pins.delete(old)
    try {
      this.pin(next)
    } catch (error) {
      old.pinned = true
      this.#tiers.pins.add(old)
      throw error
    }
  }

  #dropRetired(record: AdapterRecord): void {
    if (record.uses > 0 || record.holds > 0) return
    if (this.#records.get(record.id) === record) {
      this.#records.delete(record.id)
      this.#retired -= 1
    }
    this.#wishes.forget(record.id)
    this.#window.remove(record)
    this.#host.remove(record)
  }

  #count(record: AdapterRecord, what: 'hits' | 'misses' | 'uses' | 'loads' | 'failures'): void {
    if (what === 'hits') this.#hits += 1
    if (what === 'misses') this.#misses += 1
    if (!record.retired) this.#usage.add(record.id, what)
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #once(action: () => void): () => void {
    let done = false
    return () => {
      if (done) return
      done = true
      action()
    }
  }
}

function unknown(id: Hex): InputError {
  return new InputError('ADAPTER_UNKNOWN', `adapter ${id} is not registered here`, { field: 'adapterId', fix: 'register its folder first', status: 404 })
}
