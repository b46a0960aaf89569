import { fail, InputError, samplingSchema } from '@openledger/protocol'
import { wantedAdapters } from './adapterKey.ts'
import { EmbedJob } from './jobs/EmbedJob.ts'
import { type AnswerVocabulary, GenerationJob } from './jobs/GenerationJob.ts'
import type { Job, JobOutcome } from './jobs/Job.ts'
import { ScoreJob } from './jobs/ScoreJob.ts'
import { StatesJob } from './jobs/StatesJob.ts'
import type { BatcherLoad } from './load/ServingLoad.ts'
import type { EmbedRequest, GeneratedToken, GenerateRequest, GenerateResult, Scheduling, ScoreRequest, StatesRequest } from './requests.ts'
import { processRuntime } from './Runtime.ts'
import { Scheduler, type SchedulerOptions, type SchedulerParts } from './Scheduler.ts'
import type { WantedAdapter } from './Ticket.ts'

export type BatcherOptions = {
  /** Sequences that can be computed at once. */
  slots: number
  /** Most rows in one step; longer prompts are fed in pieces. */
  maxRows: number
  /** Most prompt rows in a step while answers are in progress, so that they keep their pace; default 128. */
  promptRows?: number
  /** Requests that can wait; default 1024. */
  maxWaiting?: number
  /** Refuse requests whose first token is predicted to take longer; default never. A request can name its own bound. */
  firstTokenMs?: number
  /** How far, in weighted tokens, a payer may be ahead of another and still be preferred because its adapter is in use, or keep its slot; default 1,024. */
  fairSlack?: number
  /** How many weighted tokens of its share a payer can leave unused and have later; default 4,096. */
  fairCredit?: number
  /** How long that preference may pass over a request; default 250. */
  affinityMs?: number
  /** Most bytes of answers that pause for payers further behind in their share; 0 lets none pause; default 256 MiB. */
  pausedBytes?: number
  /** How long one answer may pause in all before it goes first; default 3,000. */
  pauseMs?: number
  /** A request goes before those of the next higher priority that came this much later; default 5,000. */
  priorityMs?: number
}

export type BatcherParts = Omit<SchedulerParts, 'runtime'> & {
  runtime?: SchedulerParts['runtime']
  vocabulary: AnswerVocabulary
  /** Longest sequence, in tokens. */
  positions: number
}

/**
 * Serves many requests over one base at once: each step takes one token of every answer in progress and fills up with prompts,
 * whatever adapters they use. Who is served when is decided by `Scheduler`; no answer depends on it.
 */
export class Batcher {
  readonly #parts: BatcherParts
  readonly #scheduler: Scheduler

  /** The parts stay with their owner and must outlive the batcher. @throws InputError `BATCH_SIZE` */
  constructor(parts: BatcherParts, options: BatcherOptions) {
    const { slots, maxRows } = options
    if (maxRows < slots) fail('BATCH_SIZE', `${maxRows} rows cannot hold one row for each of ${slots} slots`)
    this.#parts = parts
    this.#scheduler = new Scheduler({ runtime: processRuntime, ...parts }, schedulerOptions(options))
  }

  /** What is being computed, what waits, and what happened so far. */
  get load(): BatcherLoad {
    return this.#scheduler.load
  }

  /** Longest sequence, in tokens. */
  get positions(): number {
    return this.#parts.positions
  }

  /**
   * Generates an answer.
   * @throws InputError `CONTEXT_OVERFLOW`, `PROMPT_EMPTY`, `TOKEN_RANGE`, `BAD_SAMPLING`, `BAD_MIX`, `BAD_SCHEDULING`, `BAD_CONTINUATION`, `CONTINUATION_DIFFERS`,
   * `ADAPTER_*`, `CANCELLED`;
   * UnavailableError `OVERLOADED`, `DEADLINE_EXCEEDED`, `ENGINE_CLOSED`
   */
  generate(request: GenerateRequest, onToken: (token: GeneratedToken) => void, signal?: AbortSignal): Promise<GenerateResult> {
    return this.#submit(request, request.promptTokens, signal, () => wantedAdapters(request), (outcome: JobOutcome<GenerateResult>) => {
      const sampling = samplingSchema.safeParse(request.sampling)
      if (!sampling.success) fail('BAD_SAMPLING', `sampling: ${sampling.error.issues[0]!.path.join('.')} ${sampling.error.issues[0]!.message}`, { field: 'sampling' })
      this.#checkAnswered(request)
      return new GenerationJob(request, { vocabulary: this.#parts.vocabulary, onToken, outcome })
    })
  }

  /** Log probabilities of `tokens[from..]`, each by all tokens before it. @throws like `generate`, and `SCORE_RANGE` */
  score(request: ScoreRequest, signal?: AbortSignal): Promise<number[]> {
    const { tokens, from, adapterId } = request
    return this.#submit(request, tokens, signal, () => wantedAdapters({ adapterId }), (outcome: JobOutcome<number[]>) => {
      if (!Number.isSafeInteger(from) || from < 1 || from >= tokens.length) fail('SCORE_RANGE', `token ${from} of ${tokens.length} cannot be scored`, { field: 'from' })
      return new ScoreJob(request, outcome)
    })
  }

  /** A text's embedding: as many numbers as the model is wide, of Euclidean length one. @throws like `generate` */
  embed(request: EmbedRequest, signal?: AbortSignal): Promise<Float32Array> {
    return this.#submit(request, request.tokens, signal, () => wantedAdapters({ adapterId: request.adapterId ?? null }), (outcome: JobOutcome<Float32Array>) => new EmbedJob(request, outcome))
  }

  /** Hidden states from one token on, one row each, as wide as the model. @throws like `generate`, and `STATES_RANGE` */
  states(request: StatesRequest, signal?: AbortSignal): Promise<Float32Array> {
    const { tokens, from, adapterId } = request
    return this.#submit(request, tokens, signal, () => wantedAdapters({ adapterId }), (outcome: JobOutcome<Float32Array>) => {
      if (!Number.isSafeInteger(from) || from < 0 || from >= tokens.length) fail('STATES_RANGE', `there is no token ${from} among ${tokens.length}`, { field: 'from' })
      return new StatesJob(request, outcome)
    })
  }

  /** Ends all requests with `ENGINE_CLOSED`. */
  dispose(): void {
    this.#scheduler.dispose()
  }

  #submit<Result>(
    request: Scheduling & { firstTokenMs?: number },
    tokens: readonly number[],
    signal: AbortSignal | undefined,
    adapters: () => WantedAdapter[],
    make: (outcome: JobOutcome<Result>) => Job,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      checkScheduling(request)
      this.#checkTokens(tokens)
      const { payer, priority, deadlineMs, firstTokenMs } = request
      const job = make({ resolve, reject })
      if (job.length > this.positions) {
        fail('CONTEXT_OVERFLOW', `prompt and answer take ${job.length} tokens, the context has ${this.positions}`, { field: 'maxTokens', fix: 'shorten the conversation or lower max_tokens' })
      }
      this.#scheduler.submit({ payer, priority, deadlineMs, firstTokenMs, job, adapters: adapters(), signal })
    })
  }

  #checkTokens(tokens: readonly number[], field = 'promptTokens'): void {
    if (tokens.length === 0) fail('PROMPT_EMPTY', 'a sequence needs at least one token', { field })
    const { size } = this.#parts.vocabulary
    const wrong = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= size)
    if (wrong !== undefined) fail('TOKEN_RANGE', `token ${wrong} is not in the vocabulary of ${size}`, { field })
  }

  #checkAnswered({ answered = [], sampling }: GenerateRequest): void {
    if (answered.length === 0) return
    this.#checkTokens(answered, 'answered')
    if (answered.length > sampling.maxTokens) fail('BAD_CONTINUATION', `the answer has ${answered.length} tokens already and may have ${sampling.maxTokens}`, { field: 'answered' })
  }
}

function schedulerOptions({ promptRows = 128, maxWaiting = 1024, fairSlack = 1024, fairCredit = 4096, affinityMs = 250, priorityMs = 5000, pausedBytes = 2 ** 28, pauseMs = 3000, ...options }: BatcherOptions): SchedulerOptions {
  return { ...options, promptRows: Math.min(promptRows, options.maxRows), maxWaiting, pausedBytes, pauseMs, fairness: { slack: fairSlack, credit: fairCredit, ageMs: affinityMs, priorityMs } }
}

function checkScheduling({ priority, deadlineMs, firstTokenMs }: Scheduling & { firstTokenMs?: number }): void {
  const bad = (field: string, message: string): never => {
    throw new InputError('BAD_SCHEDULING', message, { field })
  }
  if (priority !== undefined && !['high', 'normal', 'low'].includes(priority)) bad('priority', 'a priority is high, normal or low')
  if (deadlineMs !== undefined && !(deadlineMs > 0)) bad('deadlineMs', 'a deadline is a positive number of milliseconds')
  if (firstTokenMs !== undefined && !(firstTokenMs > 0)) bad('firstTokenMs', 'a bound is a positive number of milliseconds')
}
