import { UnavailableError } from '@openledger/protocol'
import type { Hex } from '@openledger/protocol'
import type { Adapter } from '../../adapter/Adapter.ts'
import { type AdapterRecord, smoothed } from './AdapterRecord.ts'
import type { DiskLoads } from './DiskLoads.ts'
import type { HostTier } from './HostTier.ts'
import { LoadTimes } from './LoadTimes.ts'
import type { WindowTier } from './WindowTier.ts'
import type { Wishes } from './Wishes.ts'

/** Copying into the window takes the thread of the steps: after this long the rest waits for the next turn. */
const placingMs = 5

export type TierParts = {
  window: WindowTier
  host: HostTier
  disk: DiskLoads
  wishes: Wishes
  now: () => number
  /** The record under an id, retired ones that are still held included. */
  find: (id: Hex) => AdapterRecord | undefined
  /** Adapters were placed in the window. */
  onPlaced: (records: readonly AdapterRecord[]) => void
  /** An adapter could not be loaded; its record says why. */
  onFailed: (record: AdapterRecord) => void
}

/** Moves adapters up from disk to host memory to the window, the most wanted first, and makes room for them. */
export class Tiers {
  /** From host memory to the window. */
  readonly times = new LoadTimes()
  readonly pins = new Set<AdapterRecord>()
  readonly #parts: TierParts
  #blocked = false
  #resumes = false
  #closed = false

  constructor(parts: TierParts) {
    this.#parts = parts
  }

  /** Whether something is wanted that found no room in the window. */
  get blocked(): boolean {
    return this.#blocked
  }

  /** Moves what is wanted up, as far as room, readers and this turn's time reach. */
  work(): void {
    if (this.#closed) return
    const { disk, host, now } = this.#parts
    const started = now()
    const placed: AdapterRecord[] = []
    const missing: AdapterRecord[] = []
    let full = false
    for (const record of this.#wanted()) {
      if (record.loaded || disk.failureOf(record)) continue
      if (!record.host) missing.push(record)
      else if (now() - started >= placingMs) this.#resumeSoon()
      // Behind one that finds no room, others take only room that is free, so that what is freed adds up for it.
      else if (this.#place(record, record.host, full)) placed.push(record)
      else full ||= !disk.failureOf(record)
    }
    this.#blocked = full
    host.trim((other) => other.loaded !== null || this.#rank(other) === Infinity)
    for (const record of missing) this.#startRead(record)
    if (placed.length > 0) this.#parts.onPlaced(placed)
  }

  /** An adapter's tensors, from disk. @throws like `DiskLoads.load` */
  async read(record: AdapterRecord): Promise<Adapter> {
    if (record.reading) return record.reading
    const { disk, host, find } = this.#parts
    try {
      const adapter = await disk.load(record)
      if (find(record.id) === record) {
        host.put(record, adapter)
        this.work()
        host.trim(this.#evictableFor(record))
      }
      return adapter
    } catch (error) {
      this.#parts.onFailed(record)
      throw error
    } finally {
      this.work()
    }
  }

  close(): void {
    this.#closed = true
    this.pins.clear()
  }

  /** Pinned ones are wanted more than all others, so that nothing takes their place. */
  #rank(record: AdapterRecord): number {
    return record.pinned ? -1 : this.#parts.wishes.rank(record.id, this.#parts.now())
  }

  #wanted(): AdapterRecord[] {
    const records: AdapterRecord[] = [...this.pins]
    for (const id of this.#parts.wishes.all) {
      const record = this.#parts.find(id)
      if (record && !record.pinned) records.push(record)
    }
    return records
  }

  #place(record: AdapterRecord, adapter: Adapter, freeRoomOnly: boolean): boolean {
    const { window, host, wishes, disk, now } = this.#parts
    const rank = this.#rank(record)
    const started = now()
    try {
      if (!window.place(record, adapter, (other) => !freeRoomOnly && this.#rank(other) > rank)) {
        this.#checkPins(record)
        return false
      }
    } catch (cause) {
      disk.fail(record, cause)
      this.#parts.onFailed(record)
      return false
    }
    const ms = now() - started
    record.hostMs = smoothed(record.hostMs, ms)
    this.times.add(ms)
    host.touch(record)
    wishes.arrived(record.id, now())
    return true
  }

  #checkPins(record: AdapterRecord): void {
    const { maxBytes } = this.#parts.window
    let pinned = 0
    for (const other of this.pins) if (other !== record) pinned += other.bytes
    if (pinned + record.bytes > maxBytes) {
      throw new UnavailableError('PINS_FULL', `adapter ${record.id} takes ${record.bytes} bytes, the pinned ones leave ${maxBytes - pinned}`, { action: 'retry', fix: 'unpin another adapter' })
    }
  }

  #startRead(record: AdapterRecord): void {
    const { disk, host } = this.#parts
    if (record.reading || !disk.free) return
    const needed = disk.reserved + record.bytes
    const room = host.room(this.#evictableFor(record), needed)
    // One that is larger than all of host memory passes through it alone.
    if (room >= needed || (disk.reserved === 0 && room >= 0)) void this.read(record).catch(() => undefined)
  }

  /** From host memory may go what nobody waits for, what is in the window too, and what is less wanted. */
  #evictableFor(record: AdapterRecord): (other: AdapterRecord) => boolean {
    const rank = this.#rank(record)
    return (other) => other.loaded !== null || this.#rank(other) > rank || (other === record && rank === Infinity)
  }

  #resumeSoon(): void {
    if (this.#resumes) return
    this.#resumes = true
    setImmediate(() => {
      this.#resumes = false
      this.work()
    })
  }
}
