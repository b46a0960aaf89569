import { type Backend, type DeviceBuffer, quantize, type Tensor, TensorContext, TensorType } from '@openledger/tensor'
import type { AdapterShape } from './AdapterShape.ts'
import type { LoadedAdapter } from './LoadedAdapter.ts'

/** How first factors are kept. F16 halves what a mixed step reads of them, and rounds them and their inputs to 11 bits; inputs above 65,504 overflow. */
export type FactorType = 'F32' | 'F16'

/** What a step asks of the window that its adapters lie in. */
export type SlabWindow = { gather(active: ReadonlySet<LoadedAdapter>): number }

/** Memory for several adapters of one shape, a slot of first factors and one of second factors each, side by side. The window that made it disposes it. */
export class AdapterSlab {
  readonly shape: AdapterShape
  readonly slots: number
  /** Tells slabs apart for as long as the process runs. */
  readonly id: number
  readonly type: FactorType
  readonly window: SlabWindow
  /** First factors of all slots, of `type`. */
  readonly a: Tensor
  /** Second factors of all slots, F32. */
  readonly b: Tensor
  readonly #context: TensorContext
  readonly #buffer: DeviceBuffer
  readonly #taken: boolean[]
  #used = 0
  static #made = 0

  /** @throws UnavailableError `OUT_OF_MEMORY` */
  constructor(backend: Backend, shape: AdapterShape, slots: number, type: FactorType, window: SlabWindow) {
    this.window = window
    this.shape = shape
    this.slots = slots
    this.id = ++AdapterSlab.#made
    this.type = type
    this.#context = new TensorContext(backend.ggml, { tensors: 3 })
    this.a = this.#context.tensor(TensorType[type], [shape.length.a * slots])
    this.b = this.#context.tensor(TensorType.F32, [shape.length.b * slots])
    try {
      this.#buffer = backend.allocate(this.#context).markWeights()
    } catch (error) {
      this.#context.dispose()
      throw error
    }
    this.#taken = Array.from({ length: slots }, () => false)
  }

  get bytes(): number {
    return this.#buffer.bytes
  }

  /** Slots in use. */
  get used(): number {
    return this.#used
  }

  /** Takes a free slot, the first one unless named: the slots below one that is taken have all been written. @returns undefined when it, or all, are taken */
  take(slot = this.#taken.indexOf(false)): number | undefined {
    if (this.#taken[slot] !== false) return undefined
    this.#taken[slot] = true
    this.#used += 1
    return slot
  }

  release(slot: number): void {
    this.#taken[slot] = false
    this.#used -= 1
  }

  /**
   * Where a factor of one slot begins, and how far the same factor of the next slot is, in bytes. Neighbours keep an adapter's factors together;
   * gathered slabs keep a factor's slots together.
   * @param at the factor's place in the shape @param count its elements
   */
  factorAt(side: 'a' | 'b', at: number, count: number, slot: number): { offset: number; stride: number } {
    const element = elementBytes(side, this.type)
    const length = this.shape.length[side]
    if (this.shape.arrangement === 'gathered') return { offset: (at * this.slots + slot * count) * element, stride: count * element }
    return { offset: (slot * length + at) * element, stride: length * element }
  }

  /** Writes one slot. @param a @param b as long as the shape says */
  write(slot: number, a: Float32Array, b: Float32Array): void {
    if (this.shape.arrangement === 'neighbours') {
      this.#put('a', 0, a, slot)
      this.#put('b', 0, b, slot)
      return
    }
    for (const places of this.shape.layers) {
      for (const place of Object.values(places)) {
        this.#put('a', place.a, a.subarray(place.a, place.a + place.rank * place.input), slot)
        this.#put('b', place.b, b.subarray(place.b, place.b + place.rank * place.output), slot)
      }
    }
  }

  /** Exchanges the factors of two slots, which may lie in two slabs of one shape. @param other the second slot's slab */
  exchange(slot: number, other: AdapterSlab, otherSlot: number): void {
    for (const side of ['a', 'b'] as const) {
      const bytes = this.shape.length[side] * elementBytes(side, this.type)
      const [mine, theirs] = [this[side].read(new Uint8Array(bytes), slot * bytes), other[side].read(new Uint8Array(bytes), otherSlot * bytes)]
      this[side].write(theirs, slot * bytes)
      other[side].write(mine, otherSlot * bytes)
    }
  }

  #put(side: 'a' | 'b', at: number, values: Float32Array, slot: number): void {
    const { offset } = this.factorAt(side, at, values.length, slot)
    const packed = side === 'a' && this.type === 'F16' ? quantize(this.#context.ggml, TensorType.F16, values, values.length) : values
    this[side].write(packed, offset)
  }

  dispose(): void {
    this.#buffer.dispose()
    this.#context.dispose()
  }
}

/** Bytes of an adapter's two slots. */
export function slotBytes({ length }: AdapterShape, type: FactorType): number {
  return length.a * elementBytes('a', type) + length.b * elementBytes('b', type)
}

/** Bytes of one element of first or second factors. */
export function elementBytes(side: 'a' | 'b', type: FactorType): number {
  return side === 'a' && type === 'F16' ? 2 : 4
}
