import { type Backend, type DeviceBuffer, type Tensor, TensorContext, TensorType } from '@openledger/tensor'
import type { AdapterShape } from './AdapterShape.ts'

/** Memory for several adapters of one shape, one slot each, side by side. The window that made it disposes it. */
export class AdapterSlab {
  readonly shape: AdapterShape
  readonly slots: number
  /** Tells slabs apart for as long as the process runs. */
  readonly id: number
  /** [floats of all slots] F32 */
  readonly tensor: Tensor
  readonly #context: TensorContext
  readonly #buffer: DeviceBuffer
  readonly #taken: boolean[]
  #used = 0
  static #made = 0

  /** @throws UnavailableError `OUT_OF_MEMORY` */
  constructor(backend: Backend, shape: AdapterShape, slots: number) {
    this.shape = shape
    this.slots = slots
    this.id = ++AdapterSlab.#made
    this.#context = new TensorContext(backend.ggml, { tensors: 2 })
    this.tensor = this.#context.tensor(TensorType.F32, [shape.floats * slots])
    try {
      // A slot that was never written is computed with when it lies between two others: it must hold finite numbers.
      this.#buffer = backend.allocate(this.#context).markWeights().clear()
    } catch (error) {
      this.#context.dispose()
      throw error
    }
    this.#taken = Array.from({ length: slots }, () => false)
  }

  /** Bytes of one slot. */
  get stride(): number {
    return this.shape.floats * 4
  }

  get bytes(): number {
    return this.#buffer.bytes
  }

  /** Slots in use. */
  get used(): number {
    return this.#used
  }

  /** Takes the first free slot. @returns undefined when all are taken */
  take(): number | undefined {
    const slot = this.#taken.indexOf(false)
    if (slot < 0) return undefined
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
   * @param at the factor's place in the shape @param count its floats
   */
  factorAt(at: number, count: number, slot: number): { offset: number; stride: number } {
    if (this.shape.arrangement === 'gathered') return { offset: (at * this.slots + slot * count) * 4, stride: count * 4 }
    return { offset: slot * this.stride + at * 4, stride: this.stride }
  }

  /** Writes one slot. @param values `shape.floats` floats */
  write(slot: number, values: Float32Array): void {
    if (this.shape.arrangement === 'neighbours') {
      this.tensor.write(values, slot * this.stride)
      return
    }
    for (const places of this.shape.layers) {
      for (const { a, b, rank, input, output } of Object.values(places)) {
        for (const [at, count] of [[a, rank * input], [b, rank * output]] as const) this.tensor.write(values.subarray(at, at + count), this.factorAt(at, count, slot).offset)
      }
    }
  }

  dispose(): void {
    this.#buffer.dispose()
    this.#context.dispose()
  }
}
