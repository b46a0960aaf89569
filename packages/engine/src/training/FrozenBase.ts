import { TensorContext, TensorType, type Backend, type Tensor } from '@openledger/tensor'
import type { Model } from '../model/Model.ts'
import { linearModules } from '../model/weightShapes.ts'
import type { Precision } from './graph/GraphBuild.ts'
import { fullShape, type FullShape } from './ModelShape.ts'
import { WeightStore, type WeightSpec } from './WeightStore.ts'

/**
 * A loaded model seen by the trainer: a transposed copy of every matrix that gradients pass through and, where it is stored in another type, a
 * plain one for the forward products (F32, or BF16 with precision `bf16`); all other weights by GGUF name as they are stored. Products with
 * quantised weights would round activations to 8 bits: on the project's own base that moves a loss by about .01 nats, more than leaving out a
 * small contributor does. Borrows the model, owns the copies.
 */
export class FrozenBase {
  readonly model: Model
  readonly shape: FullShape
  readonly backend: Backend
  readonly precision: Precision
  private readonly named: Map<string, Tensor>
  private readonly copies: WeightStore

  constructor(model: Model, precision: Precision) {
    const { config } = model
    this.model = model
    this.precision = precision
    // Gradients need weights that can be read and converted, and operations that only the CPU has.
    const plain = model.plain
    this.backend = plain.backend
    this.named = namesOf(plain)
    this.shape = fullShape({
      vocab: config.vocabulary,
      dim: config.width,
      layers: config.layers,
      heads: config.heads,
      kvHeads: config.kvHeads,
      headDim: config.headWidth,
      ff: config.feedForward,
      ctx: config.context,
      ropeTheta: config.rope.base,
      ropeStyle: config.rope.style,
      ropeDimensions: config.rope.dimensions,
      ropeScale: config.rope.scale,
      rmsEps: config.normEpsilon,
      tied: model.weights.output === model.weights.tokenEmbedding,
    })
    this.copies = this.copy()
  }

  /** Bytes of the copies. */
  get bytes(): number {
    return this.copies.bytes
  }

  has(name: string): boolean {
    return this.named.has(name)
  }

  weight(name: string): Tensor {
    return this.copies.has(name) ? this.copies.get(name) : (this.named.get(name) ?? this.copies.get(name))
  }

  dispose(): void {
    this.copies.dispose()
  }

  private copy(): WeightStore {
    const { named, backend, precision } = this
    const head = this.shape.tied ? 'token_embd.weight' : 'output.weight'
    const matrices = [...named.keys()].filter((name) => name === head || linearModules.some((module) => name.endsWith(`.${module}.weight`)))
    const type = precision === 'bf16' ? TensorType.BF16 : TensorType.F32
    const specs: WeightSpec[] = []
    for (const name of matrices) {
      const source = named.get(name)!
      const [input, output] = source.shape
      specs.push({ name: `${name}.transposed`, type, shape: [output, input] })
      if (source.type !== type) specs.push({ name, type, shape: [input, output] })
    }
    const store = new WeightStore(backend, specs)
    for (const spec of specs) {
      const source = named.get(spec.name.replace(/\.transposed$/, ''))!
      convert(backend, source, store.get(spec.name), spec.name.endsWith('.transposed'))
    }
    return store
  }
}

/** Computes target = source, or its transpose, in the target's type; by way of F32. */
function convert(backend: Backend, source: Tensor, target: Tensor, transpose: boolean): void {
  const context = new TensorContext(backend.ggml, { tensors: 8, graphs: [16] })
  const allocator = backend.graphAllocator()
  try {
    const { ops } = context
    const plain = source.type === TensorType.F32 ? source : ops.cast(source, TensorType.F32)
    const graph = context.graph(16).expand(ops.cpy(transpose ? ops.transpose(plain) : plain, target))
    allocator.allocate(graph)
    backend.compute(graph)
  } finally {
    allocator.dispose()
    context.dispose()
  }
}

function namesOf(model: Model): Map<string, Tensor> {
  const { weights } = model
  const named = new Map<string, Tensor>()
  const put = (name: string, tensor: Tensor | null) => tensor && named.set(name, tensor)
  put('token_embd.weight', weights.tokenEmbedding)
  put('output_norm.weight', weights.outputNorm)
  if (weights.output !== weights.tokenEmbedding) put('output.weight', weights.output)
  put('rope_freqs.weight', weights.ropeFactors)
  weights.layers.forEach((layer, i) => {
    put(`blk.${i}.attn_norm.weight`, layer.attentionNorm)
    put(`blk.${i}.ffn_norm.weight`, layer.feedForwardNorm)
    put(`blk.${i}.attn_q_norm.weight`, layer.queryNorm)
    put(`blk.${i}.attn_k_norm.weight`, layer.keyNorm)
    for (const module of linearModules) {
      put(`blk.${i}.${module}.weight`, layer.linear[module].weight)
      put(`blk.${i}.${module}.bias`, layer.linear[module].bias)
    }
  })
  return named
}
