import { createHash } from 'node:crypto'
import type { Hex } from '@openledger/protocol'
import { logSumExp, topTokens } from '../../sampling/logProbability.ts'
import { StopMatcher } from '../../sampling/StopMatcher.ts'
import { TokenChooser } from '../../sampling/TokenChooser.ts'
import type { GeneratedToken, GenerateRequest, GenerateResult } from '../requests.ts'
import type { Job, JobOutcome, JobStep } from './Job.ts'

/** What generation needs of a tokenizer. */
export type AnswerVocabulary = {
  /** How many tokens there are. */
  readonly size: number
  /** The bytes of a token. */
  piece(token: number): Uint8Array
  endsGeneration(token: number): boolean
}

/** Generates one answer: feeds the prompt, then one token per step. Draw number i decides answer token i. */
export class GenerationJob implements Job {
  readonly prompt: readonly number[]
  readonly reusable: number
  readonly maxAnswer: number
  readonly answerFixed: boolean
  readonly length: number
  readonly #request: GenerateRequest
  readonly #vocabulary: AnswerVocabulary
  readonly #chooser: TokenChooser
  readonly #matcher: StopMatcher
  readonly #onToken: (token: GeneratedToken) => void
  readonly #outcome: JobOutcome<GenerateResult>
  readonly #result: GenerateResult

  constructor(request: GenerateRequest, parts: { vocabulary: AnswerVocabulary; onToken: (token: GeneratedToken) => void; outcome: JobOutcome<GenerateResult> }) {
    this.#request = request
    this.#vocabulary = parts.vocabulary
    this.#onToken = parts.onToken
    this.#outcome = parts.outcome
    this.prompt = request.promptTokens
    // The last prompt token has to be computed: its logits are the first that are wanted.
    this.reusable = request.promptTokens.length - 1
    this.maxAnswer = request.sampling.maxTokens
    this.answerFixed = request.ignoreEnd ?? false
    this.length = request.promptTokens.length + request.sampling.maxTokens
    this.#chooser = new TokenChooser(request.sampling, parts.vocabulary, request.promptTokens)
    this.#matcher = new StopMatcher(request.sampling.stop)
    this.#result = { tokens: [], text: '', logprobs: [], top: [], logitsHashes: [], finishReason: 'length', promptTokens: request.promptTokens.length }
  }

  next(past: number, limit: number): JobStep {
    if (past >= this.prompt.length) return { tokens: [this.#result.tokens.at(-1)!], outputs: [0] }
    const tokens = this.prompt.slice(past, past + limit)
    return { tokens, outputs: past + tokens.length === this.prompt.length ? [tokens.length - 1] : [] }
  }

  accept(rows: readonly Float32Array[]): { generated: number; done: boolean } {
    const logits = rows[0]
    if (!logits) return { generated: 0, done: false }
    const { sampling, ignoreEnd } = this.#request
    const token = this.#chooser.choose(logits, this.#result.tokens.length)
    if (!ignoreEnd && this.#vocabulary.endsGeneration(token)) {
      this.#result.finishReason = 'stop'
      return { generated: 1, done: true }
    }
    this.#add(token, logits)
    const stopped = this.#matcher.stopped || this.#chooser.ended
    if (stopped) this.#result.finishReason = 'stop'
    return { generated: 1, done: stopped || this.#result.tokens.length >= sampling.maxTokens }
  }

  finish(): void {
    this.#matcher.finish()
    this.#result.text = this.#matcher.text
    this.#outcome.resolve(this.#result)
  }

  abandon(error: Error): void {
    this.#outcome.reject(error)
  }

  #add(token: number, logits: Float32Array): void {
    const { topLogprobs = 0, logitsHashes, logprobs = true } = this.#request
    // A sum over the whole vocabulary, for every token of every answer: only where somebody looks at it.
    const generated: GeneratedToken = {
      token,
      text: this.#matcher.push(this.#vocabulary.piece(token)),
      logprob: logprobs || topLogprobs > 0 ? logits[token]! - logSumExp(logits) : NaN,
      top: topTokens(logits, topLogprobs),
    }
    this.#result.tokens.push(token)
    if (logprobs || topLogprobs > 0) this.#result.logprobs.push(generated.logprob)
    if (topLogprobs > 0) this.#result.top.push(generated.top)
    if (logitsHashes) this.#result.logitsHashes.push(hashLogits(logits))
    this.#chooser.accept(token)
    this.#onToken(generated)
  }
}

function hashLogits(logits: Float32Array): Hex {
  return `0x${createHash('sha256').update(new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength)).digest('hex')}`
}
