import type { Hex } from '@openledger/protocol'
import { loadDevice } from '@openledger/tensor'
import type { EmbedRequest, GeneratedToken, GenerateRequest, GenerateResult, ScoreRequest, StatesRequest } from '../serving/requests.ts'
import type { ChatMessage } from '../template/ChatTemplate.ts'
import type { AdapterShape, AnswerGradient, FingerprintPlan, GradientDots, GradientPath, RecordFingerprint, TrainingExample, TrainingProgress } from '../training/index.ts'
import type { AdapterStats, EngineCalls, EngineLoad, EngineOptions, ModelInfo, TrainRequest, TrainResult, TrainTogetherRequest, TrainTogetherResult } from './EngineCalls.ts'
import type { EngineCapabilities, ServingEngine } from './ServingEngine.ts'
import { WorkerClient } from '../threads/WorkerClient.ts'

/**
 * Holds the native libraries in the caller's thread too: when the last thread that uses them ends they would be unloaded, and loading
 * them once more in the same process crashes it. What is missing is reported by `loadModel`.
 */
function keepLoaded({ variant, device = 'cpu' }: EngineOptions): void {
  try {
    loadDevice(device, { variant })
  } catch {
    // The thread finds the same and says so.
  }
}

/**
 * An engine in a thread of its own: one base model, any number of adapters, requests served together in batches.
 * The caller's event loop stays free. Train in a second host, so that answers do not wait for it. The maker closes it.
 */
export class EngineHost implements ServingEngine {
  readonly #client: WorkerClient<EngineCalls>
  #closing: Promise<void> | null = null
  /** Whether the device gives the same bits in any company; known once a model is loaded. */
  #exact = true

  constructor(options: EngineOptions = {}) {
    keepLoaded(options)
    this.#client = new WorkerClient<EngineCalls>(new URL('./engineThread.ts', import.meta.url), options)
  }

  get capabilities(): EngineCapabilities {
    return {
      logitsHashes: true,
      exactReplay: this.#exact,
      seeds: this.#exact,
      logprobs: 'raw',
      tokens: 'ids',
      score: true,
      mix: true,
      training: true,
      gradients: true,
      grammar: 'json-schema',
      embeddings: true,
    }
  }

  /** Loads the base model; a second call with the same path gives the same answer. @throws `GGUF_*`, `MODEL_*`, `FILE_*`, `NATIVE_*`, `DEVICE_*` */
  async loadModel(path: string): Promise<ModelInfo> {
    const info = await this.#client.call('loadModel', { path })
    this.#exact = info.profile.batchInvariant
    return info
  }

  /** Splits text into tokens; control tokens in it stay plain text unless `parseSpecial`. */
  tokenize(text: string, { addSpecial = true, parseSpecial = false } = {}): Promise<number[]> {
    return this.#client.call('tokenize', { text, addSpecial, parseSpecial })
  }

  /** The text of tokens, without control tokens unless `special`. */
  detokenize(tokens: readonly number[], special = false): Promise<string> {
    return this.#client.call('detokenize', { tokens, special })
  }

  /** The bytes of each token; together they are the text. Control tokens are empty. */
  pieces(tokens: readonly number[]): Promise<Uint8Array[]> {
    return this.#client.call('pieces', { tokens })
  }

  /** Writes a conversation with the model's template and splits it into tokens. @throws `CHAT_TEMPLATE`, `CHAT_MESSAGES` */
  encodeChat(messages: readonly ChatMessage[], addGenerationPrompt = true): Promise<{ text: string; tokens: number[] }> {
    return this.#client.call('encodeChat', { messages, addGenerationPrompt })
  }

  /** Reads and checks a PEFT folder or GGUF adapter file, which must stay in place. @returns the adapter's id @throws `ADAPTER_*`, `SAFETENSORS_*`, `FILE_*` */
  async registerAdapter(folder: string): Promise<Hex> {
    return (await this.#client.call('registerAdapter', { folder })).adapterId
  }

  /** Forgets an adapter; requests in flight finish with it. */
  removeAdapter(adapterId: Hex): Promise<void> {
    return this.#client.call('removeAdapter', { adapterId })
  }

  /**
   * Reads a folder or file that takes the place of an adapter: requests in flight finish with the old one, which is then forgotten.
   * @returns the new id @throws `ADAPTER_UNKNOWN` and like `registerAdapter`, and then the old one stays
   */
  async reloadAdapter(adapterId: Hex, folder: string): Promise<Hex> {
    return (await this.#client.call('reloadAdapter', { adapterId, folder })).adapterId
  }

  /** Keeps an adapter where steps can use it at once. @throws `ADAPTER_UNKNOWN`, `PINS_FULL` */
  pinAdapter(adapterId: Hex): Promise<void> {
    return this.#client.call('pinAdapter', { adapterId })
  }

  /** Lets a pinned adapter be evicted again. @throws `ADAPTER_UNKNOWN` */
  unpinAdapter(adapterId: Hex): Promise<void> {
    return this.#client.call('unpinAdapter', { adapterId })
  }

  /** Where the adapters are and how they were used. */
  adapterStats(): Promise<AdapterStats> {
    return this.#client.call('adapterStats', null)
  }

  /**
   * Generates an answer, together with whatever else is being generated.
   * @throws `ADAPTER_UNKNOWN`, `CONTEXT_OVERFLOW`, `TOKEN_RANGE`, `BAD_SAMPLING`, `BAD_MIX`, `CANCELLED` (by the signal), `OVERLOADED` (429, with `retryAfterMs`),
   * `DEADLINE_EXCEEDED` (504), `ENGINE_*`
   */
  generate(request: GenerateRequest, options: { onToken?: (token: GeneratedToken) => void; signal?: AbortSignal } = {}): Promise<GenerateResult> {
    return this.#client.call('generate', request, { onEvent: options.onToken, signal: options.signal })
  }

  /** Log probabilities of `tokens[from..]`, each given all tokens before it. @throws like `generate`, and `SCORE_RANGE` */
  score(request: ScoreRequest, signal?: AbortSignal): Promise<number[]> {
    return this.#client.call('score', request, { signal })
  }

  /**
   * A text's embedding by the base, or by the base with an adapter: the mean of its final hidden states, or the last of them.
   * @returns as many numbers as the model is wide, of Euclidean length one
   * @throws like `generate`
   */
  embed(tokens: readonly number[], options: Omit<EmbedRequest, 'tokens'> & { signal?: AbortSignal } = {}): Promise<Float32Array> {
    const { signal, ...rest } = options
    return this.#client.call('embed', { ...rest, tokens }, { signal })
  }

  /**
   * The final normed hidden states after the tokens of a sequence, from one on: what fingerprints of an answer's activations are made of.
   * @returns one row after the other, each as wide as the model
   * @throws like `generate`, and `STATES_RANGE`
   */
  states(request: StatesRequest, signal?: AbortSignal): Promise<Float32Array> {
    return this.#client.call('states', request, { signal })
  }

  /** How busy the engine is. */
  load(): Promise<EngineLoad> {
    return this.#client.call('load', null)
  }

  /** Trains an adapter and writes it as a PEFT folder. @throws `EXAMPLE_*`, `RECIPE`, `TRAINING_*`, `CHECKPOINT_DAMAGED` */
  train(request: TrainRequest, options: { onProgress?: (progress: TrainingProgress) => void; signal?: AbortSignal } = {}): Promise<TrainResult> {
    return this.#client.call('train', request, { onEvent: options.onProgress, signal: options.signal })
  }

  /**
   * Trains one adapter per coalition of contributors, together (see the function `trainTogether`); parameters come back flat.
   * @throws `EXAMPLE_*`, `COALITION_*`, `RECIPE`, `TRAINING_*`, `CHECKPOINT_DAMAGED`
   */
  trainTogether(request: TrainTogetherRequest, options: { onProgress?: (progress: TrainingProgress) => void; signal?: AbortSignal } = {}): Promise<TrainTogetherResult> {
    return this.#client.call('trainTogether', request, { onEvent: options.onProgress, signal: options.signal })
  }

  /**
   * The gradient of an answer's loss with respect to an adapter's parameters: at its weights, or the mean along a path.
   * @param supervisedFrom index of the answer's first token
   */
  answerGradient(adapterId: Hex, tokens: readonly number[], supervisedFrom: number, path?: GradientPath): Promise<AnswerGradient> {
    return this.#client.call('answerGradient', { adapterId, tokens, supervisedFrom, path })
  }

  /**
   * Gradient SimHash and embedding of each example (see `recordFingerprints`), in the order given.
   * @param options the plan and the adapter parameters to take gradients at; by default the base itself
   * @throws `EXAMPLE_*`, `FINGERPRINT_*`
   */
  fingerprints(
    examples: readonly TrainingExample[],
    options: { plan?: Partial<FingerprintPlan>; weights?: Float32Array; onProgress?: (done: number) => void; signal?: AbortSignal } = {},
  ): Promise<RecordFingerprint[]> {
    const { onProgress, signal, ...rest } = options
    return this.#client.call('fingerprints', { examples, ...rest }, { onEvent: onProgress, signal })
  }

  /**
   * The loss of an answer at an adapter's weights less each movement, in nats per answer token: forward passes only.
   * @param movements flat over the adapter's parameters in canonical order
   */
  lossesAfter(adapterId: Hex, tokens: readonly number[], supervisedFrom: number, movements: readonly Float32Array[]): Promise<number[]> {
    return this.#client.call('lossesAfter', { adapterId, tokens, supervisedFrom, movements })
  }

  /**
   * What the fingerprints of examples estimate, exactly (see `gradientDots`): a backward pass each.
   * @throws `EXAMPLE_*`
   */
  gradientDots(query: TrainingExample, examples: readonly TrainingExample[], plan?: Partial<FingerprintPlan>): Promise<GradientDots> {
    return this.#client.call('gradientDots', { query, examples, plan })
  }

  /**
   * Mean loss per supervised token of each example, in nats, at each of several flat adapter parameters of one shape.
   * @throws `EXAMPLE_*`
   */
  exampleLosses(weights: readonly Float32Array[], shape: AdapterShape, examples: readonly TrainingExample[]): Promise<Float64Array[]> {
    return this.#client.call('exampleLosses', { weights, shape, examples })
  }

  /** Ends all requests, frees all memory and ends the thread. Calling it twice does nothing more. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#client.call('close', null)
    } catch {
      // The thread has already ended: there is nothing left to free.
    }
    await this.#client.terminate()
  }
}
