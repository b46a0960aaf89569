import { InputError, type Hex, type OpenLedgerError } from '@openledger/protocol'
import type { LoadedAdapter } from '../../forward/LoadedAdapter.ts'
import type { AdapterLease, AdapterSource } from '../Ticket.ts'
import type { SimulatedRuntime } from './SimulatedRuntime.ts'

/** Adapters that take time to come and of which only so many find room, least recently used first to go. */
export class SimulatedPool implements AdapterSource {
  readonly #runtime: SimulatedRuntime
  readonly #room: number
  readonly #loadMs: (id: Hex) => number
  readonly #window = new Map<Hex, { adapter: LoadedAdapter; uses: number }>()
  readonly #host = new Set<Hex>()
  readonly #loading = new Set<Hex>()
  readonly #listeners = new Set<() => void>()
  readonly failures = new Map<Hex, OpenLedgerError>()
  prefetched: readonly Hex[] = []

  constructor(runtime: SimulatedRuntime, options: { room?: number; loadMs?: (id: Hex) => number } = {}) {
    this.#runtime = runtime
    this.#room = options.room ?? Infinity
    this.#loadMs = options.loadMs ?? (() => 0)
  }

  /** Leases that were not given back. */
  get leases(): number {
    return [...this.#window.values()].reduce((sum, { uses }) => sum + uses, 0)
  }

  prefetch(ids: readonly Hex[]): void {
    this.prefetched = ids
    for (const id of ids) this.#load(id)
  }

  tryAcquire(id: Hex): AdapterLease | null {
    if (!this.#window.has(id) && !this.#place(id)) {
      this.#load(id)
      return null
    }
    const entry = this.#window.get(id)!
    this.#window.delete(id)
    this.#window.set(id, entry)
    entry.uses += 1
    let released = false
    const release = (): void => {
      if (!released) entry.uses -= 1
      released = true
    }
    return { adapter: entry.adapter, release }
  }

  failure(id: Hex): OpenLedgerError | null {
    return this.failures.get(id) ?? null
  }

  fail(id: Hex): void {
    this.failures.set(id, new InputError('ADAPTER_CHANGED', 'gone'))
    for (const listener of this.#listeners) listener()
  }

  inWindow(id: Hex): boolean {
    return this.#window.has(id)
  }

  get lacksRoom(): boolean {
    return this.#window.size >= this.#room && [...this.#window.values()].every(({ uses }) => uses > 0)
  }

  hold(): () => void {
    return () => undefined
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #load(id: Hex): void {
    if (this.#host.has(id) || this.#loading.has(id)) return
    const arrive = (): void => {
      this.#loading.delete(id)
      this.#host.add(id)
      for (const listener of this.#listeners) listener()
    }
    const ms = this.#loadMs(id)
    this.#loading.add(id)
    if (ms > 0) this.#runtime.after(ms, arrive)
    else arrive()
  }

  #place(id: Hex): boolean {
    if (this.#loadMs(id) === 0) this.#host.add(id)
    if (!this.#host.has(id)) return false
    if (this.#window.size >= this.#room) {
      const idle = [...this.#window].find(([, { uses }]) => uses === 0)
      if (!idle) return false
      this.#window.delete(idle[0])
    }
    // Steps are simulated too: nothing but the id is ever looked at.
    this.#window.set(id, { adapter: { id } as unknown as LoadedAdapter, uses: 0 })
    return true
  }
}
