import type { Backend, DeviceBuffer, Tensor, TensorContext, Vocabulary } from '@openledger/tensor'
import type { Hex, ModelCommitment } from '@openledger/protocol'
import type { ChatTemplate } from '../template/ChatTemplate.ts'
import type { LinearModule } from './weightShapes.ts'
import type { ModelConfig } from './ModelConfig.ts'

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
  readonly #buffer: DeviceBuffer

  /** Takes ownership of the context, the buffer and the vocabulary, not of the backend. Made by `loadModel`. */
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
    buffer: DeviceBuffer
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
    this.#buffer = parts.buffer
  }

  /** Bytes of weights in memory. */
  get bytes(): number {
    return this.#buffer.bytes
  }

  /** Frees weights and tokenizer; the backend stays with its maker. Calling it twice does nothing. */
  dispose(): void {
    this.#buffer.dispose()
    this.#context.dispose()
    this.vocabulary.dispose()
  }
}
