import { InputError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import { Tensor } from './Tensor.ts'
import type { TensorContext } from './TensorContext.ts'

/** An ordered list of operations; owned by its context. */
export class Graph {
  readonly context: TensorContext
  readonly capacity: number
  readonly #address: Pointer
  readonly #generation: number

  constructor(context: TensorContext, address: Pointer, capacity: number) {
    this.context = context
    this.capacity = capacity
    this.#address = address
    this.#generation = context.generation
  }

  get address(): Pointer {
    if (this.#generation !== this.context.generation) throw new InputError('TENSOR_DEAD', 'the context of this graph was disposed or reset', { action: 'stop' })
    return this.#address
  }

  /** Appends a tensor and everything that it depends on, in order of dependence. */
  expand(...tensors: Tensor[]): this {
    for (const tensor of tensors) this.context.ggml.base.expandGraph(this.address, tensor.address)
    return this
  }

  get nodes(): number {
    return this.context.ggml.base.graphNodes<number>(this.address)
  }

  /** One of its operations, in the order in which they are computed. */
  node(index: number): Tensor {
    return new Tensor(this.context, this.context.ggml.base.graphNode<Pointer>(this.address, index))
  }
}
