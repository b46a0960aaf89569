import { createHash } from 'node:crypto'
import type { Hex } from '@openledger/protocol'
import type { Vocabulary } from '@openledger/tensor'
import type { LoadedAdapter } from '../forward/LoadedAdapter.ts'
import { chooseToken } from '../sampling/chooseToken.ts'
import { CounterRandom } from '../sampling/CounterRandom.ts'
import { logSumExp, topTokens } from '../sampling/logProbability.ts'
import { StopMatcher } from '../sampling/StopMatcher.ts'
import type { Job } from './Job.ts'
import type { GeneratedToken, GenerateRequest, GenerateResult } from './requests.ts'

/** Generates one answer: feeds the prompt, then one token per step. Draw number i decides answer token i. */
export class GenerationJob implements Job {
  readonly adapter: LoadedAdapter | null
  readonly length: number
  readonly #request: GenerateRequest
  readonly #vocabulary: Vocabulary
  readonly #random: CounterRandom
  readonly #matcher: StopMatcher
  readonly #seen: Set<number>
  readonly #onToken: (token: GeneratedToken) => void
  readonly #resolve: (result: GenerateResult) => void
  readonly #reject: (error: Error) => void
  readonly #result: GenerateResult
  #fed = 0

  constructor(
    request: GenerateRequest,
    parts: { adapter: LoadedAdapter | null; vocabulary: Vocabulary; onToken: (token: GeneratedToken) => void; resolve: (result: GenerateResult) => void; reject: (error: Error) => void },
  ) {
    this.#request = request
    this.adapter = parts.adapter
    this.#vocabulary = parts.vocabulary
    this.#onToken = parts.onToken
    this.#resolve = parts.resolve
    this.#reject = parts.reject
    this.length = request.promptTokens.length + request.sampling.maxTokens
    this.#random = new CounterRandom(request.sampling.seed)
    this.#matcher = new StopMatcher(request.sampling.stop)
    this.#seen = new Set(request.promptTokens)
    this.#result = { tokens: [], text: '', logprobs: [], top: [], logitsHashes: [], finishReason: 'length', promptTokens: request.promptTokens.length }
  }

  next(limit: number): { tokens: readonly number[]; outputs: readonly number[] } {
    const prompt = this.#request.promptTokens
    if (this.#fed < prompt.length) {
      const tokens = prompt.slice(this.#fed, this.#fed + limit)
      this.#fed += tokens.length
      return { tokens, outputs: this.#fed === prompt.length ? [tokens.length - 1] : [] }
    }
    return { tokens: [this.#result.tokens.at(-1)!], outputs: [0] }
  }

  accept(rows: readonly Float32Array[]): boolean {
    const logits = rows[0]
    if (!logits) return false
    const { tokens, logprobs, top, logitsHashes } = this.#result
    const { sampling } = this.#request
    const token = chooseToken(logits, sampling, this.#seen, sampling.temperature === 0 ? 0 : this.#random.at(tokens.length))
    if (this.#vocabulary.endsGeneration(token)) {
      this.#result.finishReason = 'stop'
      return true
    }
    const generated: GeneratedToken = {
      token,
      text: this.#matcher.push(this.#vocabulary.piece(token)),
      logprob: logits[token]! - logSumExp(logits),
      top: topTokens(logits, this.#request.topLogprobs ?? 0),
    }
    tokens.push(token)
    logprobs.push(generated.logprob)
    if (this.#request.topLogprobs) top.push(generated.top)
    if (this.#request.logitsHashes) logitsHashes.push(hashLogits(logits))
    this.#seen.add(token)
    this.#onToken(generated)
    if (this.#matcher.stopped) this.#result.finishReason = 'stop'
    return this.#matcher.stopped || tokens.length >= sampling.maxTokens
  }

  finish(): void {
    this.#matcher.finish()
    this.#result.text = this.#matcher.text
    this.#resolve(this.#result)
  }

  abandon(error: Error): void {
    this.#reject(error)
  }
}

function hashLogits(logits: Float32Array): Hex {
  return `0x${createHash('sha256').update(new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength)).digest('hex')}`
}
