import { fail } from '@openledger/protocol'
import type { Backend } from '@openledger/tensor'
import type { Adapter } from '../adapter/Adapter.ts'
import { type AdapterShape, packAdapter, shapeOf } from './AdapterShape.ts'
import { AdapterSlab } from './AdapterSlab.ts'
import { traitsOf } from './BackendTraits.ts'
import type { LoadedAdapter } from './LoadedAdapter.ts'

/** Slots of a shape's first slab; each further one has four times as many, up to the most. */
const firstSlots = 4
const mostSlots = 64
const slabBytes = 128 * 2 ** 20

/**
 * The adapters that steps can compute with: copies in the backend's memory, in slabs of one shape each, so that the adapters
 * of a step are multiplied in few products. It never drops an adapter by itself. The maker disposes it; disposing twice does nothing.
 */
export class AdapterWindow {
  readonly maxBytes: number
  readonly #backend: Backend
  readonly #slabs = new Map<string, AdapterSlab[]>()
  readonly #live = new Set<LoadedAdapter>()
  #staging = new Float32Array(0)

  /** @param maxBytes most memory for all slabs together */
  constructor(backend: Backend, maxBytes: number) {
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
    if (shape.floats * 4 > this.maxBytes) {
      fail('ADAPTER_TOO_LARGE', `adapter ${adapter.id} takes ${shape.floats * 4} bytes, the memory for adapters has ${this.maxBytes}`, { fix: 'give adapters more memory' })
    }
    const slab = this.#slabWithRoom(shape)
    const slot = slab?.take()
    if (!slab || slot === undefined) return null
    if (this.#staging.length < shape.floats) this.#staging = new Float32Array(shape.floats)
    const values = this.#staging.subarray(0, shape.floats)
    packAdapter(adapter, slab.shape, values)
    slab.write(slot, values)
    const loaded: LoadedAdapter = { id: adapter.id, shape: slab.shape, slab, slot, bytes: slab.stride }
    this.#live.add(loaded)
    return loaded
  }

  /** Gives an adapter's slot back; no step may use it any more. Removing twice does nothing. */
  remove(loaded: LoadedAdapter): void {
    if (this.#live.delete(loaded)) loaded.slab.release(loaded.slot)
  }

  dispose(): void {
    for (const slabs of this.#slabs.values()) for (const slab of slabs) slab.dispose()
    this.#slabs.clear()
    this.#live.clear()
  }

  #slabWithRoom(shape: AdapterShape): AdapterSlab | null {
    const slabs = this.#slabs.get(shape.key) ?? []
    // The fullest first: adapters that lie side by side are multiplied at once.
    const open = slabs.filter((slab) => slab.used < slab.slots).sort((x, y) => y.used - x.used)[0]
    if (open) return open
    const stride = shape.floats * 4
    const fits = (): number => Math.floor((this.maxBytes - this.bytes) / stride)
    const wanted = Math.max(1, Math.min(mostSlots, firstSlots * 4 ** slabs.length, Math.floor(slabBytes / stride)))
    let slots = Math.min(wanted, fits())
    if (slots < 1) {
      this.#dropEmpty()
      slots = Math.min(wanted, fits())
    }
    if (slots < 1) return null
    const slab = new AdapterSlab(this.#backend, slabs[0]?.shape ?? shape, slots)
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
