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
  users: number
  lastUse: number
  /** Forgotten by the node: no new requests, unloaded when the last one ends. */
  retired: boolean
}

/** A lent adapter: it stays on the server until it is released. */
export type Lease = { id: Hex; generation: number; release(): void }

const unloadTries = 3

/**
 * Which adapters the server holds: loaded when first asked for, the least recently used idle one unloaded when there are too many, never
 * one that is in use. Changes happen one after the other.
 */
export class AdapterResidency {
  readonly #calls: AdapterCalls
  readonly #most: number
  readonly #entries = new Map<Hex, Entry>()
  readonly #freed = new Set<() => void>()
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
    else this.#entries.set(id, { folder, loaded: false, generation: 0, users: 0, lastUse: 0, retired: false })
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
    // From here on nobody unloads it.
    entry.users += 1
    entry.lastUse = ++this.#clock
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      entry.users -= 1
      if (entry.users > 0) return
      if (entry.retired) void this.#drop(id, entry)
      for (const wake of [...this.#freed]) wake()
    }
    try {
      if (!entry.loaded) await this.#inTurn(() => this.#load(id, entry, signal))
      signal.throwIfAborted()
      return { id, generation: entry.generation, release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** The server has lost a lent adapter, and so probably all others: whatever is asked for next is loaded again. */
  lost({ id, generation }: Lease): void {
    if (this.#entries.get(id)?.generation !== generation) return
    for (const entry of this.#entries.values()) entry.loaded = false
  }

  async #load(id: Hex, entry: Entry, signal: AbortSignal): Promise<void> {
    while (!entry.loaded) {
      signal.throwIfAborted()
      if (this.loaded >= this.#most && !(await this.#makeRoom())) await this.#whenFreed(signal)
      else {
        await this.#calls.load(id, entry.folder)
        entry.loaded = true
        entry.generation += 1
      }
    }
  }

  /** Unloads the idle adapter that was used longest ago. @returns whether there is room now */
  async #makeRoom(): Promise<boolean> {
    const idle = [...this.#entries].filter(([, entry]) => entry.loaded && entry.users === 0).sort(([, a], [, b]) => a.lastUse - b.lastUse)
    if (idle.length === 0) return false
    for (const [id, entry] of idle) if (await this.#unload(id, entry)) return true
    throw new UpstreamFault('UPSTREAM_ADAPTERS', 'the upstream server holds as many adapters as it may and unloads none', { again: true })
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

  #whenFreed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#freed.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#freed.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work)
    this.#queue = done.catch(() => undefined)
    return done
  }
}
