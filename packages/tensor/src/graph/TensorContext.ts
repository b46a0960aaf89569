import { InputError, UnavailableError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import type { Ggml } from '../library/Ggml.ts'
import { Graph } from './Graph.ts'
import type { Storage } from './Storage.ts'
import { Tensor } from './Tensor.ts'
import { bindOps, type TensorOps } from './TensorOps.ts'
import type { TensorType } from './TensorType.ts'

export type ContextSize = {
  /** How many tensors (leaves, nodes and views) the context can hold. */
  tensors: number
  /** Node capacity of each graph that will be made in it; default none. */
  graphs?: number[]
}

/**
 * Holds the descriptions of tensors and graphs, not their elements. Owns every `Tensor` and `Graph` made from it:
 * after `reset` or `dispose` these throw `TENSOR_DEAD`. Disposing twice does nothing.
 */
export class TensorContext {
  readonly ggml: Ggml
  readonly ops: TensorOps
  /** Memory of the descriptions themselves. */
  readonly bytes: number
  readonly #limit: number
  #address: Pointer
  #generation = 0
  #used = 0
  #storage: Storage | undefined

  constructor(ggml: Ggml, size: ContextSize) {
    this.ggml = ggml
    this.#limit = size.tensors
    const perTensor = ggml.base.tensorOverhead<number>()
    const graphs = (size.graphs ?? []).reduce((sum, nodes) => sum + ggml.base.graphOverhead<number>(nodes, false) + 64, 0)
    this.bytes = perTensor * (size.tensors + 1) + graphs + 1024
    this.#address = ggml.initContext(this.bytes)
    if (this.#address === 0n) throw new UnavailableError('OUT_OF_MEMORY', 'no memory for a tensor context', { action: 'stop' })
    this.ops = this.#countingOps()
    this.#verifyLayout()
  }

  get address(): Pointer {
    if (this.#address === 0n) throw new InputError('CONTEXT_DISPOSED', 'this tensor context was disposed', { action: 'stop' })
    return this.#address
  }

  get generation(): number {
    return this.#generation
  }

  get hasStorage(): boolean {
    return this.#storage?.alive === true
  }

  /** Called by whoever gives memory to the tensors of this context. */
  attach(storage: Storage): void {
    this.#storage = storage
  }

  /** Describes a new tensor of up to four extents, innermost first. */
  tensor(type: TensorType, shape: readonly number[], name?: string): Tensor {
    if (shape.length < 1 || shape.length > 4 || shape.some((extent) => !Number.isSafeInteger(extent) || extent < 1)) {
      throw new InputError('TENSOR_SHAPE', `a tensor has one to four positive extents, not [${shape.join(',')}]`)
    }
    const block = this.ggml.base.blockSize<number>(type)
    if (shape[0]! % block !== 0) throw new InputError('TENSOR_SHAPE', `rows of ${this.ggml.base.typeName<string>(type)} come in multiples of ${block}, not ${shape[0]}`)
    this.#count()
    const tensor = new Tensor(this, this.ggml.base.newTensor<Pointer>(this.address, type, shape[0]!, shape[1] ?? 1, shape[2] ?? 1, shape[3] ?? 1))
    return name === undefined ? tensor : tensor.named(name)
  }

  /** Makes an empty graph; its capacity must have been named in the context's size. */
  graph(nodes: number): Graph {
    return new Graph(this, this.ggml.base.newGraph<Pointer>(this.address, nodes, false), nodes)
  }

  /** Forgets all tensors and graphs, and keeps the memory for the next ones. */
  reset(): void {
    this.ggml.base.reset(this.address)
    this.#generation += 1
    this.#used = 0
    this.#storage = undefined
  }

  dispose(): void {
    if (this.#address === 0n) return
    const address = this.#address
    this.#address = 0n
    this.#generation += 1
    this.#storage = undefined
    this.ggml.base.free(address)
  }

  #count(): void {
    this.#used += 1
    if (this.#used > this.#limit) {
      throw new InputError('CONTEXT_FULL', `this context was sized for ${this.#limit} tensors`, { action: 'stop', fix: 'make the context with a larger size' })
    }
  }

  #countingOps(): TensorOps {
    const inner = bindOps(this) as Record<string, (...args: never[]) => Tensor>
    const outer: Record<string, (...args: never[]) => Tensor> = {}
    for (const [name, op] of Object.entries(inner)) {
      outer[name] = (...args) => {
        this.#count()
        return op(...args)
      }
    }
    return outer as TensorOps
  }

  #verifyLayout(): void {
    if (verified.has(this.ggml)) return
    const probe = this.tensor(0, [3, 5, 7, 11])
    if (probe.shape.join() !== '3,5,7,11' || probe.strides.join() !== '4,12,60,420' || probe.type !== 0) {
      throw new UnavailableError('NATIVE_ABI', 'ggml lays out its tensors differently from the pinned build', { action: 'stop' })
    }
    verified.add(this.ggml)
    this.reset()
  }
}

const verified = new WeakSet<Ggml>()
