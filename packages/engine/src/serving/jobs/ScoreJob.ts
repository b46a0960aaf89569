import { logSumExp } from '../../sampling/logProbability.ts'
import type { ScoreRequest } from '../requests.ts'
import type { Job, JobOutcome, JobStep } from './Job.ts'

/** Computes the log probability of given tokens: one pass over the sequence, no sampling. */
export class ScoreJob implements Job {
  /** The last token is scored, but nothing is scored by it. */
  readonly prompt: readonly number[]
  readonly reusable: number
  readonly maxAnswer = 0
  readonly answerFixed = true
  readonly length: number
  readonly #request: ScoreRequest
  readonly #outcome: JobOutcome<number[]>
  readonly #logprobs: number[] = []

  constructor(request: ScoreRequest, outcome: JobOutcome<number[]>) {
    this.#request = request
    this.#outcome = outcome
    this.prompt = request.tokens.slice(0, -1)
    this.length = this.prompt.length
    this.reusable = request.from - 1
  }

  next(past: number, limit: number): JobStep {
    const tokens = this.prompt.slice(past, past + limit)
    const outputs = [...tokens.keys()].filter((index) => past + index + 1 >= this.#request.from)
    return { tokens, outputs }
  }

  accept(rows: readonly Float32Array[]): { generated: number; done: boolean } {
    for (const logits of rows) {
      const token = this.#request.tokens[this.#request.from + this.#logprobs.length]!
      this.#logprobs.push(logits[token]! - logSumExp(logits))
    }
    return { generated: 0, done: this.#logprobs.length === this.#request.tokens.length - this.#request.from }
  }

  finish(): void {
    this.#outcome.resolve(this.#logprobs)
  }

  abandon(error: Error): void {
    this.#outcome.reject(error)
  }
}
