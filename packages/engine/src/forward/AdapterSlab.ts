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

  /** Writes one slot. @param values `shape.floats` floats */
  write(slot: number, values: Float32Array): void {
    this.tensor.write(values, slot * this.stride)
  }

  dispose(): void {
    this.#buffer.dispose()
    this.#context.dispose()
  }
}
