import koffi from 'koffi'
import { InputError, StorageError } from '@openledger/protocol'
import type { Ggml } from '../library/Ggml.ts'
import { llamaFunctions, type LlamaFunctions } from './llamaFunctions.ts'

/**
 * libllama's own forward pass over a GGUF file: the independent implementation that the engine is checked against.
 * F32 attention cache, no flash attention, no repacked weights. The maker disposes it; disposing twice does nothing.
 */
export class ReferenceModel {
  readonly #llama: LlamaFunctions
  readonly #vocabularySize: number
  #model: bigint
  #context: bigint

  constructor(ggml: Ggml, path: string, options: { context: number; threads: number }) {
    this.#llama = llamaFunctions(ggml)
    const model = this.#llama.loadModel(path, { ...this.#llama.modelDefaults(), loadMode: 0, useExtraBuffers: false, gpuLayers: 0 })
    if (!model) throw new StorageError('REFERENCE_MODEL', `libllama cannot load ${path}`)
    this.#model = model
    const context = this.#llama.newContext(model, {
      ...this.#llama.contextDefaults(),
      context: options.context,
      batch: options.context,
      microBatch: options.context,
      outputs: options.context,
      outputsPerSequence: options.context,
      threads: options.threads,
      threadsBatch: options.threads,
      flashAttention: 0,
      typeK: 0,
      typeV: 0,
    })
    if (!context) {
      this.#llama.freeModel(model)
      throw new StorageError('REFERENCE_MODEL', `libllama cannot make a context for ${path}`)
    }
    this.#context = context
    this.#vocabularySize = this.#llama.tokenCount(this.#llama.vocabulary(model))
  }

  /** Applies a GGUF adapter to all further calls of `logits`; null takes it away. The adapter lives as long as the model. */
  setAdapter(path: string | null, scale = 1): void {
    this.#live()
    let adapters: bigint[] = []
    if (path !== null) {
      const adapter = this.#llama.loadAdapter(this.#model, path)
      if (!adapter) throw new StorageError('REFERENCE_ADAPTER', `libllama cannot load the adapter ${path}`)
      adapters = [adapter]
    }
    const status = this.#llama.setAdapters(this.#context, BigUint64Array.from(adapters), adapters.length, Float32Array.from(adapters, () => scale))
    if (status !== 0) throw new InputError('REFERENCE_ADAPTER', 'libllama refused the adapter')
  }

  /** Logits after every token of a sequence: `tokens.length` rows of vocabulary size. */
  logits(tokens: readonly number[]): Float32Array {
    this.#live()
    this.#llama.clearMemory(this.#llama.memory(this.#context), true)
    const ids = koffi.alloc('int32_t', tokens.length) as unknown as bigint
    const wanted = koffi.alloc('int8_t', tokens.length) as unknown as bigint
    try {
      koffi.encode(ids, 'int32_t', [...tokens], tokens.length)
      koffi.encode(wanted, 'int8_t', tokens.map(() => 1), tokens.length)
      const status = this.#llama.decode(this.#context, { count: tokens.length, tokens: ids, embeddings: null, positions: null, sequenceCounts: null, sequences: null, outputs: wanted })
      if (status !== 0) throw new InputError('REFERENCE_DECODE', `libllama could not decode (status ${status})`)
      return Float32Array.from(koffi.decode(this.#llama.logits(this.#context), 'float', tokens.length * this.#vocabularySize) as Float32Array)
    } finally {
      koffi.free(ids)
      koffi.free(wanted)
    }
  }

  dispose(): void {
    if (this.#model === 0n) return
    const [context, model] = [this.#context, this.#model]
    this.#context = 0n
    this.#model = 0n
    this.#llama.freeContext(context)
    this.#llama.freeModel(model)
  }

  #live(): void {
    if (this.#model === 0n) throw new InputError('REFERENCE_DISPOSED', 'this reference model was disposed', { action: 'stop' })
  }
}
