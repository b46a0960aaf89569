import { fail, InputError, OpenLedgerError, samplingSchema, UnavailableError, type Hex } from '@openledger/protocol'
import { ForwardPass } from '../forward/ForwardPass.ts'
import { KvCache, type KvType } from '../forward/KvCache.ts'
import type { LoadedAdapter } from '../forward/LoadedAdapter.ts'
import type { SequenceStep } from '../forward/StepPlan.ts'
import type { Model } from '../model/Model.ts'
import type { AdapterPool } from './AdapterPool.ts'
import { GenerationJob } from './GenerationJob.ts'
import type { Job } from './Job.ts'
import type { GeneratedToken, GenerateRequest, GenerateResult, ScoreRequest } from './requests.ts'
import { ScoreJob } from './ScoreJob.ts'

export type BatcherOptions = {
  /** Sequences that can be computed at once. */
  slots: number
  /** Longest sequence, in tokens. */
  positions: number
  /** Most rows in one step; longer prompts are fed in pieces. */
  maxRows: number
  kvType: KvType
}

type Active = { job: Job; slot: number; past: number; release: () => void; signal: AbortSignal | undefined }
type Waiting = Omit<Active, 'slot' | 'past'>

/**
 * Serves many requests over one base at once: each step takes one token of every answer in progress and fills up with prompts,
 * whatever adapters they use. First come, first served; between steps the event loop of its thread runs.
 */
export class Batcher {
  readonly #model: Model
  readonly #pool: AdapterPool
  readonly #cache: KvCache
  readonly #pass: ForwardPass
  readonly #maxRows: number
  readonly #active = new Set<Active>()
  readonly #waiting: Waiting[] = []
  #running = false
  #closed = false
  #steps = 0

  constructor(model: Model, pool: AdapterPool, options: BatcherOptions) {
    if (options.maxRows < options.slots) fail('BATCH_SIZE', `${options.maxRows} rows cannot hold one row for each of ${options.slots} slots`)
    this.#model = model
    this.#pool = pool
    this.#maxRows = options.maxRows
    this.#cache = new KvCache(model.config, model.backend, { slots: options.slots, positions: options.positions, type: options.kvType })
    this.#pass = new ForwardPass(model, this.#cache)
  }

  /** Sequences being computed, requests waiting for a slot, and steps so far. */
  get load(): { active: number; waiting: number; steps: number } {
    return { active: this.#active.size, waiting: this.#waiting.length, steps: this.#steps }
  }

  /** Longest sequence, in tokens. */
  get positions(): number {
    return Math.min(this.#cache.positions, this.#model.config.context)
  }

  /**
   * Generates an answer.
   * @throws InputError `CONTEXT_OVERFLOW`, `TOKEN_RANGE`, `BAD_SAMPLING`, `ADAPTER_UNKNOWN`, `CANCELLED`
   */
  generate(request: GenerateRequest, onToken: (token: GeneratedToken) => void, signal?: AbortSignal): Promise<GenerateResult> {
    const sampling = samplingSchema.safeParse(request.sampling)
    if (!sampling.success) return Promise.reject(new InputError('BAD_SAMPLING', `sampling: ${sampling.error.issues[0]!.path.join('.')} ${sampling.error.issues[0]!.message}`, { field: 'sampling' }))
    return this.#submit(request.adapterId, request.promptTokens, signal, (adapter, resolve: (result: GenerateResult) => void, reject) => {
      const vocabulary = this.#model.vocabulary
      return new GenerationJob(request, { adapter, vocabulary, onToken, resolve, reject })
    })
  }

  /**
   * Log probabilities of `tokens[from..]`, each by all tokens before it.
   * @throws InputError `CONTEXT_OVERFLOW`, `TOKEN_RANGE`, `SCORE_RANGE`, `ADAPTER_UNKNOWN`, `CANCELLED`
   */
  score(request: ScoreRequest, signal?: AbortSignal): Promise<number[]> {
    const { tokens, from } = request
    if (!Number.isSafeInteger(from) || from < 1 || from >= tokens.length) return Promise.reject(new InputError('SCORE_RANGE', `token ${from} of ${tokens.length} cannot be scored`, { field: 'from' }))
    return this.#submit(request.adapterId, tokens, signal, (adapter, resolve: (logprobs: number[]) => void, reject) => new ScoreJob(request, { adapter, resolve, reject }))
  }

  /** Ends all requests with `ENGINE_CLOSED` and frees the cache. The model and the pool stay with their owners. */
  dispose(): void {
    if (this.#closed) return
    this.#closed = true
    const error = new UnavailableError('ENGINE_CLOSED', 'the engine was closed', { action: 'stop' })
    for (const entry of this.#waiting.splice(0)) this.#leave(entry, error)
    for (const entry of [...this.#active]) this.#end(entry, error)
    this.#pass.dispose()
    this.#cache.dispose()
  }

  #submit<Result>(
    adapterId: Hex | null,
    tokens: readonly number[],
    signal: AbortSignal | undefined,
    make: (adapter: LoadedAdapter | null, resolve: (result: Result) => void, reject: (error: Error) => void) => Job,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#closed) throw new UnavailableError('ENGINE_CLOSED', 'the engine was closed', { action: 'stop' })
      if (signal?.aborted) throw cancelled()
      this.#checkTokens(tokens)
      const lent = adapterId === null ? null : this.#pool.acquire(adapterId)
      const release = lent?.release ?? (() => undefined)
      try {
        const job = make(lent?.adapter ?? null, resolve, reject)
        if (job.length > this.positions) {
          fail('CONTEXT_OVERFLOW', `prompt and answer take ${job.length} tokens, the context has ${this.positions}`, { field: 'maxTokens', fix: 'shorten the conversation or lower max_tokens' })
        }
        this.#waiting.push({ job, release, signal })
      } catch (error) {
        release()
        throw error
      }
      this.#start()
    })
  }

  #checkTokens(tokens: readonly number[]): void {
    if (tokens.length === 0) fail('PROMPT_EMPTY', 'a sequence needs at least one token', { field: 'promptTokens' })
    const { vocabulary } = this.#model.config
    const wrong = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary)
    if (wrong !== undefined) fail('TOKEN_RANGE', `token ${wrong} is not in the vocabulary of ${vocabulary}`, { field: 'promptTokens' })
  }

  #start(): void {
    if (this.#running) return
    this.#running = true
    setImmediate(() => this.#loop())
  }

  #loop(): void {
    this.#drop()
    this.#admit()
    if (this.#active.size === 0) {
      this.#running = false
      return
    }
    this.#step()
    setImmediate(() => this.#loop())
  }

  #drop(): void {
    for (const entry of [...this.#active]) if (entry.signal?.aborted) this.#end(entry, cancelled())
    for (let index = this.#waiting.length - 1; index >= 0; index--) {
      if (this.#waiting[index]!.signal?.aborted) this.#leave(this.#waiting.splice(index, 1)[0]!, cancelled())
    }
  }

  #admit(): void {
    while (this.#waiting.length > 0) {
      const slot = this.#cache.take()
      if (slot === undefined) return
      this.#active.add({ ...this.#waiting.shift()!, slot, past: 0 })
    }
  }

  #step(): void {
    let rows = this.#maxRows - this.#active.size
    const entries: Active[] = []
    const steps: SequenceStep[] = []
    for (const entry of this.#active) {
      // Every sequence gets a row; what is left goes to prompts in the order of arrival.
      const { tokens, outputs } = entry.job.next(rows + 1)
      rows -= tokens.length - 1
      entries.push(entry)
      steps.push({ slot: entry.slot, adapters: entry.job.adapter ? [{ adapter: entry.job.adapter, weight: 1 }] : [], tokens, past: entry.past, outputs })
    }
    try {
      const results = this.#pass.run(steps)
      this.#steps += 1
      entries.forEach((entry, index) => {
        entry.past += steps[index]!.tokens.length
        this.#take(entry, results[index]!)
      })
    } catch (cause) {
      const error = cause instanceof OpenLedgerError ? cause : new UnavailableError('STEP_FAILED', 'a step could not be computed', { cause, action: 'stop' })
      for (const entry of entries) this.#end(entry, error)
    }
  }

  #take(entry: Active, rows: readonly Float32Array[]): void {
    try {
      if (entry.job.accept(rows)) this.#end(entry, null)
    } catch (cause) {
      this.#end(entry, cause instanceof Error ? cause : new UnavailableError('STEP_FAILED', String(cause)))
    }
  }

  #end(entry: Active, error: Error | null): void {
    if (!this.#active.delete(entry)) return
    this.#cache.release(entry.slot)
    this.#leave(entry, error)
  }

  #leave({ job, release }: Waiting, error: Error | null): void {
    release()
    if (error) job.abandon(error)
    else job.finish()
  }
}

function cancelled(): InputError {
  return new InputError('CANCELLED', 'the request was cancelled', { action: 'stop', status: 499 })
}
