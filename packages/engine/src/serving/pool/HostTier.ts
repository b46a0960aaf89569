import type { Adapter } from '../../adapter/Adapter.ts'
import type { AdapterRecord } from './AdapterRecord.ts'
import { GreedyDual } from './GreedyDual.ts'

/** Adapters in host memory, unpadded. Those that exist nowhere else are counted, and never evicted. */
export class HostTier {
  readonly maxBytes: number
  readonly #policy = new GreedyDual<AdapterRecord>()
  #managedBytes = 0
  #fixedBytes = 0
  #adapters = 0
  #evictions = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#managedBytes + this.#fixedBytes
  }

  /** Bytes of the adapters that also lie on disk; the limit is for these. */
  get managedBytes(): number {
    return this.#managedBytes
  }

  get adapters(): number {
    return this.#adapters
  }

  get evictions(): number {
    return this.#evictions
  }

  put(record: AdapterRecord, adapter: Adapter): void {
    if (!record.host) this.#count(record, 1)
    record.host = adapter
    this.touch(record)
  }

  /** Notes that an adapter was read from here. */
  touch(record: AdapterRecord): void {
    if (!record.fixed) this.#policy.touch(record, Math.max(1, record.frequency), record.diskMs, record.bytes)
  }

  remove(record: AdapterRecord): void {
    this.#policy.forget(record)
    this.#leave(record)
  }

  /** Bytes that are free, or would be if all were evicted that may be. @param enough stop counting here */
  room(mayEvict: (record: AdapterRecord) => boolean, enough: number): number {
    let room = this.maxBytes - this.#managedBytes
    if (room >= enough) return room
    for (const record of this.#policy.keys()) if (mayEvict(record)) room += record.bytes
    return room
  }

  /** Evicts, lowest priority first, until the tier keeps its limit or nothing is left that may go. @returns whether it keeps it */
  trim(mayEvict: (record: AdapterRecord) => boolean): boolean {
    while (this.#managedBytes > this.maxBytes) {
      const victim = this.#policy.lowest(mayEvict)
      if (!victim) return false
      this.#policy.evict(victim)
      this.#leave(victim)
      this.#evictions += 1
    }
    return true
  }

  #leave(record: AdapterRecord): void {
    if (!record.host) return
    record.host = null
    this.#count(record, -1)
  }

  #count(record: AdapterRecord, change: 1 | -1): void {
    this.#adapters += change
    if (record.fixed) this.#fixedBytes += change * record.bytes
    else this.#managedBytes += change * record.bytes
  }
}
