import { TensorContext, TensorType, type Backend, type DeviceBuffer, type Graph, type GraphAllocator, type Tensor } from '@openledger/tensor'
import type { FullShape } from '../ModelShape.ts'
import { causalMask } from './causalMask.ts'
import { GraphBuild, type BatchShape, type LinearFactory, type Precision } from './GraphBuild.ts'
import { modelStage } from './modelStage.ts'

export type TrainingGraphParts = {
  backend: Backend
  shape: FullShape
  batch: BatchShape
  precision: Precision
  linear: LinearFactory
  /** Weight tensors by GGUF name, with memory; owned by the caller and outliving the graph. */
  weight: (name: string) => Tensor
  has: (name: string) => boolean
  /** True when norms and embeddings are trained too. */
  trainsAll: boolean
  /** False for a graph that only measures the loss. Default true. */
  backward?: boolean
  /** True when every row brings its own attention mask. */
  ownMasks?: boolean
  /** Nodes that the linear maps make beyond those of training, per layer; default 0. */
  extraNodes?: number
  /** Memory for intermediate results, which graphs that are built, run and disposed one after another can share; stays the caller's. */
  allocator?: GraphAllocator
}

/** One batch in the fixed extents of the graph. */
export type BatchInputs = {
  /** rows · length token ids, or as many as are distinct. */
  tokens: Int32Array
  /** For a graph with `distinct` tokens: the token of each position, and one position of each token. */
  shared?: { at: Int32Array; first: Int32Array }
  /** Positions that are supervised, when the graph takes a part of them. */
  rows?: Int32Array
  /** Target token of each supervised position (any valid id for padding). */
  targets: Int32Array
  /** Weight of the loss at each supervised position; 0 for padding. */
  weights: Float32Array
  /** rows masks of length · length, when the graph has `ownMasks`. */
  mask?: Float32Array
}

const nodeCapacity = (layers: number, extra = 0) => 256 + layers * (168 + extra)

/**
 * A forward and backward graph over fixed extents, built once and computed many times.
 * Owns its inputs and intermediate memory; `dispose` frees both. Weights belong to the caller and may change between runs.
 */
export class TrainingGraph {
  readonly batch: BatchShape
  readonly gradients: ReadonlyMap<string, Tensor>
  private readonly backend: Backend
  private readonly inputs: Record<'tokens' | 'positions' | 'mask' | 'rows' | 'targets' | 'weights' | 'at' | 'first', Tensor>
  private readonly inputContext: TensorContext
  private readonly inputBuffer: DeviceBuffer
  private readonly context: TensorContext
  private readonly allocator: GraphAllocator
  private readonly lent: boolean
  private readonly graph: Graph
  private readonly probability: Tensor
  private readonly lastHidden: Tensor
  private readonly vocab: number
  private readonly flat: Int32Array

  constructor(parts: TrainingGraphParts) {
    const { backend, shape, batch } = parts
    this.backend = backend
    this.batch = batch
    this.vocab = shape.vocab
    const total = batch.length * batch.rows
    const supervised = batch.supervised || total
    this.flat = new Int32Array(supervised)

    this.inputContext = new TensorContext(backend.ggml, { tensors: 9 })
    const input = (type: TensorType, ...extents: number[]) => this.inputContext.tensor(type, extents)
    this.inputs = {
      tokens: input(TensorType.I32, batch.distinct ?? total),
      at: input(TensorType.I32, batch.distinct === undefined ? 1 : total),
      first: input(TensorType.I32, batch.distinct ?? 1),
      positions: input(TensorType.I32, batch.length),
      mask: input(TensorType.F32, batch.length, batch.length, 1, parts.ownMasks ? batch.rows : 1),
      rows: input(TensorType.I32, supervised),
      targets: input(TensorType.I32, supervised),
      weights: input(TensorType.F32, 1, supervised),
    }
    this.inputBuffer = backend.allocate(this.inputContext)
    this.inputs.positions.write(Int32Array.from({ length: batch.length }, (_, i) => i))
    this.inputs.mask.write(causalMask(batch.length, parts.ownMasks ? batch.rows : 1))

    const nodes = nodeCapacity(shape.layers, parts.extraNodes)
    this.context = new TensorContext(backend.ggml, { tensors: nodes, graphs: [nodes] })
    const build = new GraphBuild({
      ops: this.context.ops,
      shape,
      batch,
      precision: parts.precision,
      positions: this.inputs.positions,
      mask: this.inputs.mask,
      shared: batch.distinct === undefined ? undefined : { at: this.inputs.at, first: this.inputs.first },
      linear: parts.linear,
      weight: parts.weight,
      has: parts.has,
      trainsAll: parts.trainsAll,
    })
    const model = modelStage(build, this.inputs.tokens, {
      rows: batch.supervised === 0 ? undefined : this.inputs.rows,
      targets: this.inputs.targets,
      weights: this.inputs.weights,
    })
    this.graph = this.context.graph(nodes)
    this.graph.expand(model.probability)
    if (parts.backward !== false) model.backward()
    for (const gradient of build.gradients.values()) this.graph.expand(gradient)
    this.probability = model.probability
    this.lastHidden = model.hidden
    this.gradients = build.gradients
    this.lent = parts.allocator !== undefined
    this.allocator = parts.allocator ?? backend.graphAllocator()
    this.allocator.allocate(this.graph)
  }

  /** Bytes of intermediate results. */
  get bytes(): number {
    return this.allocator.bytes
  }

  /**
   * Computes loss and gradients of one batch. Gradients stay readable until the next run.
   * @returns p(target) of each supervised position
   */
  run(batch: BatchInputs): Float32Array {
    const { inputs, flat, vocab } = this
    inputs.tokens.write(batch.tokens)
    if (batch.shared !== undefined) {
      inputs.at.write(batch.shared.at)
      inputs.first.write(batch.shared.first)
    }
    if (batch.rows !== undefined) inputs.rows.write(batch.rows)
    if (batch.mask !== undefined) inputs.mask.write(batch.mask)
    for (let i = 0; i < flat.length; i++) flat[i] = i * vocab + batch.targets[i]
    inputs.targets.write(flat)
    inputs.weights.write(batch.weights)
    this.backend.compute(this.graph)
    return this.probability.readF32()
  }

  /** The last run's final normed hidden states, rows · length of the model's width each; padding included. */
  hidden(): Float32Array {
    return this.lastHidden.readF32()
  }

  dispose(): void {
    if (!this.lent) this.allocator.dispose()
    this.context.dispose()
    this.inputBuffer.dispose()
    this.inputContext.dispose()
  }
}
