import { fail } from '@openledger/protocol'
import type { Backend } from '@openledger/tensor'
import type { Adapter } from '../adapter/Adapter.ts'
import { type AdapterShape, packAdapter, shapeOf } from './AdapterShape.ts'
import { AdapterSlab, type FactorType, slotBytes } from './AdapterSlab.ts'
import { traitsOf } from './BackendTraits.ts'
import type { LoadedAdapter } from './LoadedAdapter.ts'

/** Slots of a shape's first slab; each further one has four times as many, up to the most. */
const firstSlots = 8
const mostSlots = 64

/**
 * The adapters that steps can compute with: copies in the backend's memory, in slabs of one shape each, so that the adapters
 * of a step are multiplied in few products. It never drops an adapter by itself. The maker disposes it; disposing twice does nothing.
 */
export class AdapterWindow {
  readonly maxBytes: number
  readonly type: FactorType
  readonly #backend: Backend
  readonly #slabs = new Map<string, AdapterSlab[]>()
  readonly #live = new Set<LoadedAdapter>()
  #staging = { a: new Float32Array(0), b: new Float32Array(0) }

  /**
   * @param maxBytes most memory for all slabs together @param type how first factors are kept
   * @throws InputError `ADAPTER_TYPE` when the backend cannot multiply that type as its arrangement needs
   */
  constructor(backend: Backend, maxBytes: number, type: FactorType = 'F32') {
    if (type !== 'F32' && traitsOf(backend).arrangement !== 'neighbours') fail('ADAPTER_TYPE', `adapters on ${backend.name} are kept as F32, not ${type}`, { field: 'adapterType' })
    this.type = type
    this.#backend = backend
    this.maxBytes = maxBytes
  }

  /** Bytes of all slabs, free slots included. */
  get bytes(): number {
    let bytes = 0
    for (const slabs of this.#slabs.values()) for (const slab of slabs) bytes += slab.bytes
    return bytes
  }

  /** Adapters in the window. */
  get adapters(): number {
    return this.#live.size
  }

  /**
   * Copies an adapter into the window.
   * @returns null when there is no room before another one is removed
   * @throws InputError `ADAPTER_TOO_LARGE` when it can never fit; UnavailableError `OUT_OF_MEMORY`
   */
  place(adapter: Adapter): LoadedAdapter | null {
    const shape = shapeOf(adapter, traitsOf(this.#backend))
    const bytes = slotBytes(shape, this.type)
    if (bytes > this.maxBytes) {
      fail('ADAPTER_TOO_LARGE', `adapter ${adapter.id} takes ${bytes} bytes, the memory for adapters has ${this.maxBytes}`, { fix: 'give adapters more memory' })
    }
    const slab = this.#slabWithRoom(shape)
    const slot = slab?.take()
    if (!slab || slot === undefined) return null
    const { a, b } = this.#stagingFor(shape)
    packAdapter(adapter, slab.shape, a, b)
    slab.write(slot, a, b)
    const loaded: LoadedAdapter = { id: adapter.id, shape: slab.shape, slab, slot, bytes }
    this.#live.add(loaded)
    return loaded
  }

  /** Gives an adapter's slot back; no step may use it any more. Removing twice does nothing. */
  remove(loaded: LoadedAdapter): void {
    if (this.#live.delete(loaded)) loaded.slab.release(loaded.slot)
  }

  /**
   * Moves adapters so that those that the next steps use lie side by side in one slab, where they are multiplied at once. Call it between
   * steps; adapters that are not in this window are passed over.
   * @returns how many were moved
   */
  gather(active: ReadonlySet<LoadedAdapter>): number {
    if (traitsOf(this.#backend).arrangement !== 'neighbours') return 0
    const byShape = new Map<AdapterShape, LoadedAdapter[]>()
    for (const adapter of active) if (this.#live.has(adapter)) byShape.set(adapter.shape, [...(byShape.get(adapter.shape) ?? []), adapter])
    let moves = 0
    for (const [shape, adapters] of byShape) if (adapters.length > 1) moves += this.#gatherShape(this.#slabs.get(shape.key) ?? [], adapters)
    return moves
  }

  dispose(): void {
    for (const slabs of this.#slabs.values()) for (const slab of slabs) slab.dispose()
    this.#slabs.clear()
    this.#live.clear()
  }

  #gatherShape(slabs: readonly AdapterSlab[], adapters: readonly LoadedAdapter[]): number {
    const slab = slabs.reduce((largest, other) => (other.slots > largest.slots ? other : largest))
    const size = Math.min(adapters.length, slab.slots)
    const isPlaced = ({ slab: of, slot }: LoadedAdapter): boolean => of === slab && slot < size
    const taken = new Set(adapters.filter(isPlaced).map(({ slot }) => slot))
    const places = Array.from({ length: size }, (_, slot) => slot).filter((slot) => !taken.has(slot))
    const moving = adapters.filter((adapter) => !isPlaced(adapter)).slice(0, places.length)
    moving.forEach((adapter, index) => this.#exchange(adapter, slab, places[index]!))
    return moving.length
  }

  #exchange(adapter: LoadedAdapter, slab: AdapterSlab, slot: number): void {
    const { slab: from, slot: fromSlot } = adapter
    const occupant = [...this.#live].find((other) => other.slab === slab && other.slot === slot)
    slab.exchange(slot, from, fromSlot)
    if (occupant) Object.assign(occupant, { slab: from, slot: fromSlot })
    else {
      slab.take(slot)
      from.release(fromSlot)
    }
    Object.assign(adapter, { slab, slot })
  }

  #stagingFor({ length }: AdapterShape): { a: Float32Array; b: Float32Array } {
    if (this.#staging.a.length < length.a) this.#staging.a = new Float32Array(length.a)
    if (this.#staging.b.length < length.b) this.#staging.b = new Float32Array(length.b)
    return { a: this.#staging.a.subarray(0, length.a), b: this.#staging.b.subarray(0, length.b) }
  }

  #slabWithRoom(shape: AdapterShape): AdapterSlab | null {
    const slabs = this.#slabs.get(shape.key) ?? []
    // The fullest first: adapters that lie side by side are multiplied at once.
    const open = slabs.filter((slab) => slab.used < slab.slots).sort((x, y) => y.used - x.used)[0]
    if (open) return open
    const stride = slotBytes(shape, this.type)
    const fits = (): number => Math.floor((this.maxBytes - this.bytes) / stride)
    const wanted = Math.max(1, Math.min(mostSlots, firstSlots * 4 ** slabs.length, Math.floor(this.maxBytes / 2 / stride)))
    let slots = Math.min(wanted, fits())
    if (slots < 1) {
      this.#dropEmpty()
      slots = Math.min(wanted, fits())
    }
    if (slots < 1) return null
    const slab = new AdapterSlab(this.#backend, slabs[0]?.shape ?? shape, slots, this.type, this)
    this.#slabs.set(shape.key, [...(this.#slabs.get(shape.key) ?? []), slab])
    return slab
  }

  #dropEmpty(): void {
    for (const [key, slabs] of this.#slabs) {
      const kept = slabs.filter((slab) => slab.used > 0)
      for (const slab of slabs) if (slab.used === 0) slab.dispose()
      if (kept.length > 0) this.#slabs.set(key, kept)
      else this.#slabs.delete(key)
    }
  }
}
