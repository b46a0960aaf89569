import type { LoadedAdapter } from '../forward/LoadedAdapter.ts'
import { logSumExp } from '../sampling/logProbability.ts'
import type { Job } from './Job.ts'
import type { ScoreRequest } from './requests.ts'

/** Computes the log probability of given tokens: one pass over the sequence, no sampling. */
export class ScoreJob implements Job {
  readonly adapter: LoadedAdapter | null
  readonly length: number
  readonly #request: ScoreRequest
  readonly #logprobs: number[] = []
  readonly #resolve: (logprobs: number[]) => void
  readonly #reject: (error: Error) => void
  #fed = 0

  constructor(request: ScoreRequest, parts: { adapter: LoadedAdapter | null; resolve: (logprobs: number[]) => void; reject: (error: Error) => void }) {
    this.#request = request
    this.adapter = parts.adapter
    this.#resolve = parts.resolve
    this.#reject = parts.reject
    this.length = request.tokens.length - 1
  }

  next(limit: number): { tokens: readonly number[]; outputs: readonly number[] } {
    // The last token is scored, but nothing is scored by it.
    const tokens = this.#request.tokens.slice(this.#fed, Math.min(this.#fed + limit, this.length))
    const outputs = [...tokens.keys()].filter((index) => this.#fed + index + 1 >= this.#request.from)
    this.#fed += tokens.length
    return { tokens, outputs }
  }

  accept(rows: readonly Float32Array[]): boolean {
    for (const logits of rows) {
      const token = this.#request.tokens[this.#request.from + this.#logprobs.length]!
      this.#logprobs.push(logits[token]! - logSumExp(logits))
    }
    return this.#fed >= this.length
  }

  finish(): void {
    this.#resolve(this.#logprobs)
  }

  abandon(error: Error): void {
    this.#reject(error)
  }
}
