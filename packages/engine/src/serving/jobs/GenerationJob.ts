import { createHash } from 'node:crypto'
import { fail, type Hex } from '@openledger/protocol'
import { logSumExp, topTokens } from '../../sampling/logProbability.ts'
import { StopMatcher } from '../../sampling/StopMatcher.ts'
import { TokenChooser } from '../../sampling/TokenChooser.ts'
import { mostMargin } from '../../sampling/tokenMargin.ts'
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

/**
 * Generates one answer: feeds the prompt, then one token per step. Draw number i decides answer token i. Tokens that the answer has already are
 * fed with the prompt, with a result after each, so that each can be chosen again.
 */
export class GenerationJob implements Job {
  readonly prompt: readonly number[]
  readonly reusable: number
  readonly goesOn: boolean
  readonly maxAnswer: number
  readonly answerFixed: boolean
  readonly length: number
  readonly #request: GenerateRequest
  readonly #answered: readonly number[]
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
    this.#answered = request.answered ?? []
    this.prompt = this.#answered.length === 0 ? request.promptTokens : [...request.promptTokens, ...this.#answered]
    // The last prompt token has to be computed: its logits are the first that are wanted.
    this.reusable = request.promptTokens.length - 1
    this.maxAnswer = request.sampling.maxTokens - this.#answered.length
    this.goesOn = this.#answered.length > 0 && this.maxAnswer > 0 && request.compare !== true
    this.answerFixed = request.ignoreEnd ?? false
    this.length = request.promptTokens.length + request.sampling.maxTokens
    this.#chooser = new TokenChooser(request.sampling, parts.vocabulary, request.promptTokens)
    this.#matcher = new StopMatcher(request.sampling.stop)
    this.#result = { tokens: [], text: '', logprobs: [], top: [], logitsHashes: [], finishReason: 'length', promptTokens: request.promptTokens.length, ...(request.compare && { differing: [], margins: [] }) }
  }

  next(past: number, limit: number): JobStep {
    if (past >= this.prompt.length) return { tokens: [this.#result.tokens.at(-1)!], outputs: [0] }
    const tokens = this.prompt.slice(past, past + limit)
    const first = Math.max(0, this.reusable - past)
    return { tokens, outputs: first < tokens.length ? Array.from({ length: tokens.length - first }, (_, index) => first + index) : [] }
  }

  accept(rows: readonly Float32Array[]): { generated: number; done: boolean } {
    let generated = 0
    let done = false
    for (const logits of rows) {
      if (done) break
      if (this.#result.tokens.length >= this.#answered.length) generated += 1
      done = this.#take(logits)
    }
    return { generated, done }
  }

  finish(): void {
    this.#matcher.finish()
    this.#result.text = this.#matcher.text
    this.#outcome.resolve(this.#result)
  }

  abandon(error: Error): void {
    this.#outcome.reject(error)
  }

  /** Chooses the next token. @returns whether the answer is whole */
  #take(logits: Float32Array): boolean {
    const { sampling, ignoreEnd } = this.#request
    const index = this.#result.tokens.length
    const chosen = this.#chooser.choose(logits, index)
    const ends = !ignoreEnd && this.#vocabulary.endsGeneration(chosen)
    const differs = index < this.#answered.length && (ends || chosen !== this.#answered[index])
    if (differs) this.#differs(index)
    this.#measure(logits, index, { ends, differs })
    const token = differs ? this.#answered[index]! : chosen
    if (ends && !differs) {
      this.#result.finishReason = 'stop'
      return true
    }
    this.#add(token, logits)
    const stopped = this.#matcher.stopped || this.#chooser.ended
    if (stopped) this.#result.finishReason = 'stop'
    const done = stopped || index + 1 >= sampling.maxTokens
    if (done && index + 1 < this.#answered.length) this.#differs(index + 1)
    return done
  }

  /** Where tokens are compared, says how far the logits are from what the answer has: its token, or behind its last one the end. */
  #measure(logits: Float32Array, index: number, { ends, differs }: { ends: boolean; differs: boolean }): void {
    const { margins } = this.#result
    if (!margins || index > this.#answered.length) return
    if (index === this.#answered.length) margins.push(ends ? 0 : this.#chooser.margin(logits, index, endTokensOf(this.#vocabulary)))
    else if (!differs) margins.push(0)
    else {
      const token = this.#answered[index]!
      // What ends an answer cannot stand in it.
      margins.push(!this.#request.ignoreEnd && this.#vocabulary.endsGeneration(token) ? mostMargin : this.#chooser.margin(logits, index, [token]))
    }
  }

  /** Where tokens are compared, what differs is counted, and the answer goes on with the token that it has. */
  #differs(index: number): void {
    if (this.#result.differing) this.#result.differing.push(index)
    else fail('CONTINUATION_DIFFERS', `token ${index} of the answer to be continued is not the one that follows here`, { field: `answered.${index}`, action: 'stop', status: 409 })
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
    if (this.#result.tokens.length > this.#answered.length) this.#onToken(generated)
  }
}

const endTokens = new WeakMap<AnswerVocabulary, number[]>()

/** The tokens that end an answer. */
function endTokensOf(vocabulary: AnswerVocabulary): number[] {
  const known = endTokens.get(vocabulary) ?? Array.from({ length: vocabulary.size }, (_, token) => token).filter((token) => vocabulary.endsGeneration(token))
  endTokens.set(vocabulary, known)
  return known
}

function hashLogits(logits: Float32Array): Hex {
  return `0x${createHash('sha256').update(new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength)).digest('hex')}`
}
