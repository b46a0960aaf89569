import type { Adapter } from '../../adapter/Adapter.ts'
import type { AdapterRecord } from './AdapterRecord.ts'
import { GreedyDual } from './GreedyDual.ts'
import type { WindowStore } from './WindowStore.ts'

/** The adapters that steps can use now. Never evicts one in use, nor one that the caller does not offer. */
export class WindowTier {
  readonly #store: WindowStore
  readonly #policy = new GreedyDual<AdapterRecord>()
  #bytes = 0
  #evictions = 0

  constructor(store: WindowStore) {
    this.#store = store
  }

  /** Bytes of the adapters in the window; free slots between them are not counted. */
  get bytes(): number {
    return this.#bytes
  }

  get maxBytes(): number {
    return this.#store.maxBytes
  }

  get adapters(): number {
    return this.#policy.size
  }

  get evictions(): number {
    return this.#evictions
  }

  /**
   * Copies an adapter in, evicting others if need be and if they may go.
   * @returns whether it is there now @throws InputError `ADAPTER_TOO_LARGE`, UnavailableError `OUT_OF_MEMORY`
   */
  place(record: AdapterRecord, adapter: Adapter, mayEvict: (record: AdapterRecord) => boolean): boolean {
    let loaded = this.#store.place(adapter)
    if (!loaded && this.#room(mayEvict) < record.bytes) return false
    while (!loaded) {
      const victims = this.#victims(record.layout, mayEvict)
      if (victims.length === 0) return false
      for (const victim of victims) this.#evict(victim)
      loaded = this.#store.place(adapter)
    }
    record.loaded = loaded
    this.#bytes += loaded.bytes
    this.touch(record)
    return true
  }

  /** Notes a use. What would have to come from the disk again costs more to lose. */
  touch(record: AdapterRecord): void {
    const cost = record.hostMs + (record.host ? 0 : record.diskMs)
    this.#policy.touch(record, Math.max(1, record.frequency), cost, record.bytes)
  }

  remove(record: AdapterRecord): void {
    this.#policy.forget(record)
    this.#leave(record)
  }

  #room(mayEvict: (record: AdapterRecord) => boolean): number {
    let room = this.#store.maxBytes - this.#bytes
    for (const record of this.#policy.keys()) if (record.uses === 0 && mayEvict(record)) room += record.loaded!.bytes
    return room
  }

  /**
   * Room for an adapter appears where another of the same shape leaves, or where all adapters leave a slab. Of the two, what costs
   * the adapter of lower priority is taken; empty when neither can be had.
   */
  #victims(layout: string, mayEvict: (record: AdapterRecord) => boolean): AdapterRecord[] {
    const order = this.#policy.ascending((other) => other.uses === 0 && mayEvict(other))
    const alike = order.find((other) => other.layout === layout)
    const idle = new Map<unknown, AdapterRecord[]>()
    for (const other of order) {
      if (other === alike) return [alike]
      const { slab } = other.loaded!
      const members = [...(idle.get(slab) ?? []), other]
      idle.set(slab, members)
      if (members.length === slab.used) return members
    }
    return []
  }

  #evict(record: AdapterRecord): void {
    this.#policy.evict(record)
    this.#leave(record)
    record.frequency = Math.floor(record.frequency / 2)
    this.#evictions += 1
  }

  #leave(record: AdapterRecord): void {
    if (!record.loaded) return
    this.#store.remove(record.loaded)
    this.#bytes -= record.loaded.bytes
    record.loaded = null
  }
}
