import { setMaxListeners } from 'node:events'
import {
  ModelTokenizer,
  readPeftFolder,
  type ChatMessage,
  type EngineCapabilities,
  type EngineInfo,
  type EngineLoad,
  type GeneratedToken,
  type GenerateRequest,
  type ServedResult,
  type ServingEngine,
} from '@openledger/engine'
import { fail, hashJson, InputError, type OpenLedgerError, UnavailableError, type Hex } from '@openledger/protocol'
import { AdapterResidency, type Lease } from './AdapterResidency.ts'
import { AnswerAssembly } from './AnswerAssembly.ts'
import { checkRequest } from './checkRequest.ts'
import { CircuitBreaker } from './CircuitBreaker.ts'
import { mapPath } from './mapPath.ts'
import { sglangDialect } from './sglangDialect.ts'
import { vllmDialect } from './vllmDialect.ts'
import type { UpstreamModel } from './UpstreamDialect.ts'
import { AdapterLost, UpstreamFault } from './UpstreamFault.ts'
import { UpstreamLink } from './UpstreamLink.ts'
import type { UpstreamOptions } from './UpstreamOptions.ts'
import { upstreamProfile } from './upstreamProfile.ts'

/** The time, and waiting for it. */
export type UpstreamClock = { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }

export type UpstreamEngineOptions = UpstreamOptions & {
  clock: UpstreamClock
  environment?: NodeJS.ProcessEnv
  /** The profile hash of the engine whose gradients attribution uses; null without one. */
  gradientProfile?: Hex | null
}

type Loaded = { path: string; tokenizer: ModelTokenizer; model: UpstreamModel; info: EngineInfo; adapters: AdapterResidency }

const defaultAdapters = 32
/** Digits, signs, white space, letters beyond ASCII: texts that tokenizers split differently. */
const probe = 'The quick brown fox, 12345 + 678 = ?\n\tNaïve café — 東京 🙂  end'
const cancelled = (): InputError => new InputError('CANCELLED', 'the request was cancelled', { action: 'stop', status: 499 })
const closed = (): UnavailableError => new UnavailableError('ENGINE_CLOSED', 'the engine was closed', { action: 'stop' })

/**
 * An engine whose tokens another server computes, vLLM or SGLang. Prompts travel as token ids of the base file's own tokenizer; answers
 * come back as ids. The caller's adapters are loaded there under their ids.
 */
export class UpstreamEngine implements ServingEngine {
  readonly #options: UpstreamEngineOptions
  readonly #link: UpstreamLink
  readonly #breaker: CircuitBreaker
  readonly #closing = new AbortController()
  #loading: Promise<Loaded> | undefined
  #loaded: Loaded | undefined
  #active = 0

  /** @throws InputError UPSTREAM_URL */
  constructor(options: UpstreamEngineOptions) {
    this.#options = options
    // Every request in progress listens to it.
    setMaxListeners(0, this.#closing.signal)
    const { clock } = options
    this.#link = new UpstreamLink(options.dialect === 'vllm' ? vllmDialect : sglangDialect, options, options.environment ?? process.env, () => clock.now())
    const { limits, timeouts } = this.#link
    this.#breaker = new CircuitBreaker({ failures: limits.failures, restMs: timeouts.rest, now: () => clock.now(), probe: () => this.#probe() })
  }

  get capabilities(): EngineCapabilities {
    const { capabilities } = this.#link.dialect
    return { ...capabilities, logitsHashes: false, exactReplay: false, seeds: this.#loaded?.model.seeds ?? false, tokens: 'ids', score: false, mix: false, training: false, gradients: false, embeddings: false }
  }

  /**
   * Opens the base file's tokenizer, asks the server for its model, and compares how both split a text.
   * @throws as ModelTokenizer.open; InputError MODEL_LOADED, UPSTREAM_MODEL, UPSTREAM_TOKENIZER; UpstreamFault
   */
  async loadModel(path: string): Promise<EngineInfo> {
    this.#closing.signal.throwIfAborted()
    if (this.#loaded && this.#loaded.path !== path) fail('MODEL_LOADED', 'this engine already holds another model', { fix: 'use one engine per base model' })
    this.#loading ??= this.#open(path)
    try {
      this.#loaded = await this.#loading
    } catch (error) {
      this.#loading = undefined
      throw error
    }
    return this.#loaded.info
  }

  async tokenize(text: string, options: { addSpecial?: boolean; parseSpecial?: boolean } = {}): Promise<number[]> {
    return this.#ready().tokenizer.tokenize(text, options)
  }

  async detokenize(tokens: readonly number[], special = false): Promise<string> {
    return this.#ready().tokenizer.detokenize(tokens, special)
  }

  async pieces(tokens: readonly number[]): Promise<Uint8Array[]> {
    const { tokenizer } = this.#ready()
    return tokens.map((token) => tokenizer.piece(token))
  }

  async encodeChat(messages: readonly ChatMessage[], addGenerationPrompt = true): Promise<{ text: string; tokens: number[] }> {
    return this.#ready().tokenizer.encodeChat(messages, addGenerationPrompt)
  }

  async registerAdapter(folder: string): Promise<Hex> {
    const { tokenizer, adapters } = this.#ready()
    const { id } = readPeftFolder(folder, tokenizer)
    mapPath(folder, this.#options.pathMap)
    adapters.register(id, folder)
    return id
  }

  async removeAdapter(adapterId: Hex): Promise<void> {
    await this.#ready().adapters.remove(adapterId)
  }

  async generate(request: GenerateRequest, { onToken = () => undefined, signal }: { onToken?: (token: GeneratedToken) => void; signal?: AbortSignal } = {}): Promise<ServedResult> {
    const loaded = this.#ready()
    checkRequest(request, { vocabulary: loaded.tokenizer.config.vocabulary, positions: loaded.info.positions, capabilities: this.capabilities })
    if (request.adapterId !== null) loaded.adapters.check(request.adapterId)
    if (signal?.aborted) throw cancelled()
    const stop = new AbortController()
    const leave = (): void => stop.abort(cancelled())
    const shut = (): void => stop.abort(closed())
    signal?.addEventListener('abort', leave)
    this.#closing.signal.addEventListener('abort', shut)
    const { deadlineMs } = request
    const timer = deadlineMs === undefined ? undefined : setTimeout(() => stop.abort(new UnavailableError('DEADLINE_EXCEEDED', `the answer was not finished within ${deadlineMs} ms`, { action: 'retry', status: 504 })), deadlineMs)
    this.#active += 1
    try {
      return await this.#persist(loaded, request, onToken, stop.signal)
    } catch (error) {
      throw stop.signal.aborted ? (stop.signal.reason as Error) : error
    } finally {
      this.#active -= 1
      clearTimeout(timer)
      signal?.removeEventListener('abort', leave)
      this.#closing.signal.removeEventListener('abort', shut)
    }
  }

  async load(): Promise<EngineLoad> {
    const { adapters } = this.#ready()
    await this.#breaker.admit()
    const busy = await this.#link.busyness()
    if (!busy) await this.#link.ask('/health')
    return { active: busy?.running ?? this.#active, waiting: busy?.waiting ?? 0, steps: 0, adapters: adapters.loaded, adapterBytes: 0 }
  }

  /** Ends all requests and connections. What was loaded on the server stays there, for the next start. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort(closed())
    this.#link.close()
    const loaded = await this.#loading?.catch(() => undefined)
    loaded?.tokenizer.dispose()
  }

  #ready(): Loaded {
    this.#closing.signal.throwIfAborted()
    if (!this.#loaded) throw new InputError('MODEL_NOT_LOADED', 'this engine has no model yet', { fix: 'call loadModel first' })
    return this.#loaded
  }

  async #open(path: string): Promise<Loaded> {
    const { dialect } = this.#link
    const tokenizer = await ModelTokenizer.open(path)
    try {
      const model = await dialect.describe(this.#link.ask, this.#options.model)
      const split = await dialect.tokenize(this.#link.ask, model.name, probe)
      if (split !== null && split.join() !== tokenizer.tokenize(probe, { addSpecial: false }).join()) {
        fail('UPSTREAM_TOKENIZER', `the upstream server's model ${model.name} splits texts otherwise than the base file of this node`, { action: 'stop', fix: 'serve the same base model on both' })
      }
      const profile = upstreamProfile({
        dialect: dialect.name,
        model,
        weightHash: tokenizer.commitment.weightHash,
        capabilities: dialect.capabilities,
        tokenizer: split === null ? 'unchecked' : 'same',
        gradients: this.#options.gradientProfile ?? null,
      })
      const { id, commitment, config, hasTemplate, bos, eos } = tokenizer
      const positions = Math.min(config.context, model.maxLength ?? config.context)
      const info: EngineInfo = { id, commitment, config, profile, profileHash: hashJson(profile), positions, bytes: 0, hasTemplate, bos, eos }
      const { pathMap } = this.#options
      const adapters = new AdapterResidency(
        { load: (name, folder) => this.#link.loadAdapter(name, mapPath(folder, pathMap)), unload: (name) => this.#link.unloadAdapter(name) },
        this.#options.maxAdapters ?? model.maxAdapters ?? defaultAdapters,
      )
      return { path, tokenizer, model, info, adapters }
    } catch (error) {
      tokenizer.dispose()
      throw error
    }
  }

  /** After a rest the server must be well, and still the one that receipts name. */
  async #probe(): Promise<void> {
    await this.#link.checkHealth()
    const known = this.#loaded?.model
    if (!known) return
    const now = await this.#link.dialect.describe(this.#link.ask, known.name)
    if (now.version !== known.version) {
      throw new UpstreamFault('UPSTREAM_CHANGED', `the upstream server was version ${known.version} and is ${now.version} now`, { action: 'stop', fix: 'start this node again, so that its receipts name the new version' })
    }
  }

  /** Tries until the answer is there; again only where nothing was generated. */
  async #persist(loaded: Loaded, request: GenerateRequest, onToken: (token: GeneratedToken) => void, signal: AbortSignal): Promise<ServedResult> {
    const { retries = 2, clock } = this.#options
    let reloaded = false
    for (let tries = 0; ; ) {
      await this.#breaker.admit()
      const assembly = new AnswerAssembly(request, loaded.tokenizer, onToken)
      let lease: Lease | null = null
      try {
        lease = request.adapterId === null ? null : await loaded.adapters.acquire(request.adapterId, signal)
        const result = await this.#attempt(loaded, request, assembly, signal)
        this.#breaker.succeeded()
        return result
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof AdapterLost && lease && !reloaded) {
          reloaded = true
          loaded.adapters.lost(lease)
          continue
        }
        if (error instanceof UpstreamFault && (error.again || error.code === 'UPSTREAM_TIMEOUT')) this.#breaker.failed()
        const canRepeat = error instanceof UpstreamFault && error.again && !assembly.begun && tries < retries
        if (!canRepeat) throw error
        await clock.sleep(this.#link.timeouts.backoff * 2 ** tries, signal)
        signal.throwIfAborted()
        tries += 1
      } finally {
        lease?.release()
      }
    }
  }

  async #attempt(loaded: Loaded, request: GenerateRequest, assembly: AnswerAssembly, signal: AbortSignal): Promise<ServedResult> {
    const { dialect, timeouts } = this.#link
    const { adapterId } = request
    const bound = request.firstTokenMs
    const firstTokenMs = Math.min(timeouts.firstToken, bound ?? Infinity)
    const lateFirstToken = (): OpenLedgerError =>
      bound !== undefined && bound <= timeouts.firstToken
        ? new UpstreamFault('OVERLOADED', `the first token took longer than ${bound} ms`, { status: 429, retryAfterMs: bound })
        : new UpstreamFault('UPSTREAM_TIMEOUT', `the upstream server sent no token within ${firstTokenMs} ms`)
    const call = dialect.generation(request, { model: loaded.model.name, adapter: adapterId, priorities: this.#options.priorities ?? false })
    for await (const chunk of this.#link.generate(call, { adapter: adapterId, asked: request, firstTokenMs, lateFirstToken, signal })) {
      // An answer that ends here before it ends there closes the connection.
      if (assembly.take(chunk) && chunk.finish === null) break
    }
    return assembly.finish()
  }
}
