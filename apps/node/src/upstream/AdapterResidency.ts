import { fail, type Hex } from '@openledger/protocol'
import { UpstreamFault } from './UpstreamFault.ts'

export type AdapterCalls = {
  /** Loads an adapter on the server; fine when it is there already. */
  load(id: Hex, folder: string): Promise<void>
  /** Unloads an adapter on the server; fine when it is not there. */
  unload(id: Hex): Promise<void>
}

type Entry = {
  folder: string
  loaded: boolean
  /** Rises whenever the adapter is loaded anew. */
  generation: number
  /** Requests that wait for it. */
  wanted: number
  /** Requests that compute with it. */
  users: number
  lastUse: number
  /** Forgotten by the node: no new requests, unloaded when the last one ends. */
  retired: boolean
  /** Somebody waits for its place: who asks for it now waits too, so that nobody waits for ever. */
  draining: boolean
  loading: Promise<void> | undefined
}

/** A lent adapter: it stays on the server until it is released. */
export type Lease = { id: Hex; generation: number; release(): void }

const unloadTries = 3

/** The outcome of a promise, or the signal's reason when that comes first. */
function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error)
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

/**
 * Which adapters the server holds: loaded when first asked for, the least recently used idle one unloaded when there are too many, never
 * one that is in use. Changes happen one after the other.
 */
export class AdapterResidency {
  readonly #calls: AdapterCalls
  readonly #most: number
  readonly #entries = new Map<Hex, Entry>()
  readonly #freed: (() => void)[] = []
  #queue: Promise<unknown> = Promise.resolve()
  #clock = 0

  /** @param most adapters that the server may hold at once */
  constructor(calls: AdapterCalls, most: number) {
    this.#calls = calls
    this.#most = most
  }

  /** Adapters that the server holds because of this node. */
  get loaded(): number {
    return [...this.#entries.values()].filter((entry) => entry.loaded).length
  }

  register(id: Hex, folder: string): void {
    const entry = this.#entries.get(id)
    if (entry) Object.assign(entry, { folder, retired: false })
    else this.#entries.set(id, { folder, loaded: false, generation: 0, wanted: 0, users: 0, lastUse: 0, retired: false, draining: false, loading: undefined })
  }

  /** Forgets an adapter: unloaded now, or when the last request that uses it ends. Never fails: the server drops it when it needs the room. */
  async remove(id: Hex): Promise<void> {
    const entry = this.#entries.get(id)
    if (!entry) return
    entry.retired = true
    if (entry.users === 0) await this.#drop(id, entry)
  }

  /** @throws InputError ADAPTER_UNKNOWN */
  check(id: Hex): void {
    const entry = this.#entries.get(id)
    if (!entry || entry.retired) fail('ADAPTER_UNKNOWN', `adapter ${id} is not registered here`, { field: 'adapterId', fix: 'register its folder first', status: 404 })
  }

  /**
   * Lends an adapter, loading it first if need be; waits while all that are loaded are in use.
   * @throws InputError ADAPTER_UNKNOWN; the signal's reason; what `load` throws
   */
  async acquire(id: Hex, signal: AbortSignal): Promise<Lease> {
    this.check(id)
    const entry = this.#entries.get(id)!
    entry.wanted += 1
    try {
      while (!entry.loaded || entry.draining) {
        entry.loading ??= this.#inTurn(() => this.#load(id, entry)).finally(() => (entry.loading = undefined))
        await orAborted(entry.loading, signal)
      }
      this.check(id)
      entry.users += 1
      entry.lastUse = ++this.#clock
    } finally {
      entry.wanted -= 1
      this.#wake()
    }
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      entry.users -= 1
      if (entry.users === 0 && entry.retired) void this.#drop(id, entry)
      this.#wake()
    }
    return { id, generation: entry.generation, release }
  }

  /** The server has lost a lent adapter, and so probably all others: whatever is asked for next is loaded again. */
  lost({ id, generation }: Lease): void {
    if (this.#entries.get(id)?.generation !== generation) return
    for (const entry of this.#entries.values()) entry.loaded = false
  }

  /** Loads an adapter as long as somebody wants it; waits while all that are loaded are in use. */
  async #load(id: Hex, entry: Entry): Promise<void> {
    try {
      while (!entry.loaded && entry.wanted > 0) {
        if (this.loaded < this.#most || (await this.#makeRoom())) {
          await this.#calls.load(id, entry.folder)
          entry.loaded = true
          entry.generation += 1
        } else await this.#whenFreed()
      }
    } finally {
      for (const other of this.#entries.values()) other.draining = false
    }
  }

  /** Unloads the idle adapter that was used longest ago, or sees to it that one becomes idle. @returns whether there is room now */
  async #makeRoom(): Promise<boolean> {
    const loaded = [...this.#entries].filter(([, entry]) => entry.loaded).sort(([, a], [, b]) => a.lastUse - b.lastUse)
    const idle = loaded.filter(([, entry]) => entry.users === 0 && (entry.wanted === 0 || entry.draining))
    for (const [id, entry] of idle) if (await this.#unload(id, entry)) return true
    if (idle.length > 0 && idle.length === loaded.length) throw new UpstreamFault('UPSTREAM_ADAPTERS', 'the upstream server holds as many adapters as it may and unloads none', { again: true })
    const next = loaded.find(([, entry]) => entry.users > 0)
    if (next) next[1].draining = true
    return false
  }

  async #unload(id: Hex, entry: Entry): Promise<boolean> {
    for (let tries = 0; tries < unloadTries && entry.users === 0; tries++) {
      // Whoever asks for it meanwhile loads it again.
      entry.loaded = false
      try {
        await this.#calls.unload(id)
        return true
      } catch {
        entry.loaded = true
      }
    }
    return false
  }

  async #drop(id: Hex, entry: Entry): Promise<void> {
    await this.#inTurn(async () => {
      if (!entry.retired || entry.users > 0) return
      if (entry.loaded && !(await this.#unload(id, entry))) return
      if (entry.retired && entry.users === 0) this.#entries.delete(id)
    })
  }

  #wake(): void {
    for (const wake of this.#freed.splice(0)) wake()
  }

  #whenFreed(): Promise<void> {
    return new Promise((resolve) => this.#freed.push(resolve))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work)
    this.#queue = done.catch(() => undefined)
    return done
  }
}
