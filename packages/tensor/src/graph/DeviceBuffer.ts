import { InputError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import type { Ggml } from '../library/Ggml.ts'
import { Storage } from './Storage.ts'
import type { TensorContext } from './TensorContext.ts'

/** The memory behind all tensors of one context. Owned by whoever allocated it; disposing twice does nothing. */
export class DeviceBuffer {
  readonly #ggml: Ggml
  readonly #storage = new Storage()
  #address: Pointer

  constructor(context: TensorContext, address: Pointer) {
    this.#ggml = context.ggml
    this.#address = address
    context.attach(this.#storage)
  }

  /** Size in bytes. */
  get bytes(): number {
    return this.#ggml.base.bufferSize<number>(this.#live())
  }

  /** Sets every byte to zero. */
  clear(): this {
    this.#ggml.base.clearBuffer(this.#live(), 0)
    return this
  }

  /** Tells the backend that these tensors are weights, which no graph writes. */
  markWeights(): this {
    this.#ggml.base.setBufferUsage(this.#live(), 1)
    return this
  }

  /** Frees the memory; reading or writing its tensors throws `TENSOR_NO_MEMORY` from here on. */
  dispose(): void {
    if (this.#address === 0n) return
    const address = this.#address
    this.#address = 0n
    this.#storage.alive = false
    this.#ggml.base.freeBuffer(address)
  }

  #live(): Pointer {
    if (this.#address === 0n) throw new InputError('BUFFER_DISPOSED', 'this buffer was disposed', { action: 'stop' })
    return this.#address
  }
}
