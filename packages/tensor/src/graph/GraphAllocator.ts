import { InputError, UnavailableError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import type { Ggml } from '../library/Ggml.ts'
import type { Graph } from './Graph.ts'
import { Storage } from './Storage.ts'

/**
 * Gives memory to one graph at a time, reusing it between tensors whose lives do not overlap.
 * Allocating the next graph takes the memory away from the one before. Disposing twice does nothing.
 */
export class GraphAllocator {
  readonly #ggml: Ggml
  #address: Pointer
  #storage = new Storage()

  constructor(ggml: Ggml, address: Pointer) {
    this.#ggml = ggml
    this.#address = address
  }

  /** Gives memory to a graph's tensors, growing the buffer when needed. @throws UnavailableError `OUT_OF_MEMORY` */
  allocate(graph: Graph): void {
    this.#storage.alive = false
    if (!this.#ggml.base.allocateGraph<boolean>(this.#live(), graph.address)) {
      throw new UnavailableError('OUT_OF_MEMORY', 'no memory for the intermediate results of a graph', { action: 'stop', fix: 'use shorter prompts or smaller batches' })
    }
    this.#storage = new Storage()
    graph.context.attach(this.#storage)
  }

  /** Size of the buffer in bytes. */
  get bytes(): number {
    return this.#ggml.base.allocatorSize<number>(this.#live(), 0)
  }

  dispose(): void {
    if (this.#address === 0n) return
    const address = this.#address
    this.#address = 0n
    this.#storage.alive = false
    this.#ggml.base.freeAllocator(address)
  }

  #live(): Pointer {
    if (this.#address === 0n) throw new InputError('ALLOCATOR_DISPOSED', 'this graph allocator was disposed', { action: 'stop' })
    return this.#address
  }
}
