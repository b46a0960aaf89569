import { Backend, type Tensor, type TensorContext, type Vocabulary } from '@openledger/tensor'
import { fail, type Hex, type ModelCommitment } from '@openledger/protocol'
import type { ChatTemplate } from '../template/ChatTemplate.ts'
import type { LinearModule } from './weightShapes.ts'
import type { ModelConfig } from './ModelConfig.ts'
import type { WeightMemory } from './WeightMemory.ts'

/** One linear map: weight [input, output], bias [output] or null. */
export type LinearWeights = { weight: Tensor; bias: Tensor | null }

export type LayerWeights = {
  attentionNorm: Tensor
  feedForwardNorm: Tensor
  queryNorm: Tensor | null
  keyNorm: Tensor | null
  linear: Record<LinearModule, LinearWeights>
}

export type ModelWeights = {
  tokenEmbedding: Tensor
  layers: LayerWeights[]
  outputNorm: Tensor
  /** The LM head; the token embedding itself when tied. */
  output: Tensor
  ropeFactors: Tensor | null
}

/** A base model in memory: configuration, weights, tokenizer, template, and the id that commits to all of them. */
export class Model {
  readonly id: Hex
  readonly commitment: ModelCommitment
  readonly path: string
  readonly config: ModelConfig
  readonly weights: ModelWeights
  readonly vocabulary: Vocabulary
  /** Null when the file carries none. */
  readonly template: ChatTemplate | null
  readonly backend: Backend
  readonly #context: TensorContext
  readonly #memory: WeightMemory
  readonly #loadPlain: (backend: Backend) => Model
  #plain: Model | null = null
  #plainBackend: Backend | null = null

  /** Takes ownership of the context, the memory and the vocabulary, not of the backend. Made by `loadModel`. */
  constructor(parts: {
    id: Hex
    commitment: ModelCommitment
    path: string
    config: ModelConfig
    weights: ModelWeights
    vocabulary: Vocabulary
    template: ChatTemplate | null
    backend: Backend
    context: TensorContext
    memory: WeightMemory
    /** Loads the same file with all weights as they lie in it. */
    loadPlain: (backend: Backend) => Model
  }) {
    this.id = parts.id
    this.commitment = parts.commitment
    this.path = parts.path
    this.config = parts.config
    this.weights = parts.weights
    this.vocabulary = parts.vocabulary
    this.template = parts.template
    this.backend = parts.backend
    this.#context = parts.context
    this.#memory = parts.memory
    this.#loadPlain = parts.loadPlain
  }

  /** Bytes of weights in memory. */
  get bytes(): number {
    return this.#memory.bytes
  }

  /** In which kind of memory matrices are multiplied from: `plain`, or the name of an extra one. Results' bits depend on it. */
  get weightsBuffer(): string {
    return this.#memory.kind
  }

  /** Whether weights lie in the pages of their file. */
  get isMapped(): boolean {
    return this.#memory.isMapped
  }

  /**
   * This model with all weights as they lie in the file, on the CPU, so that they can be read and converted: itself, unless some are in an extra
   * kind of memory or on another device. A second copy is loaded at the first call, and lives as long as the model.
   * @throws InputError `MODEL_CHANGED` when the file is another one by now, and what `loadModel` throws
   */
  get plain(): Model {
    const onCpu = this.backend.kind === 'cpu'
    if (this.#memory.kind === 'plain' && onCpu) return this
    if (this.#plain) return this.#plain
    const backend = onCpu ? this.backend : (this.#plainBackend ??= new Backend(this.backend.ggml, this.backend.threads))
    const plain = this.#loadPlain(backend)
    if (plain.id !== this.id) {
      plain.dispose()
      fail('MODEL_CHANGED', `${this.path} is not the file any more that this model was loaded from`, { fix: 'restart with the file that you mean' })
    }
    return (this.#plain = plain)
  }

  /** Frees weights and tokenizer; the backend stays with its maker. Calling it twice does nothing. */
  dispose(): void {
    this.#plain?.dispose()
    this.#plainBackend?.dispose()
    this.#memory.dispose()
    this.#context.dispose()
    this.vocabulary.dispose()
  }
}
