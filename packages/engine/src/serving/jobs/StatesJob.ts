import type { StatesRequest } from '../requests.ts'
import type { Job, JobOutcome, JobStep } from './Job.ts'

/** Computes the final normed hidden state after each token of a sequence from one on: what the logits of the next token are made of. */
export class StatesJob implements Job {
  readonly prompt: readonly number[]
  readonly reusable: number
  readonly maxAnswer = 0
  readonly answerFixed = true
  readonly length: number
  readonly #from: number
  readonly #outcome: JobOutcome<Float32Array>
  #states: Float32Array | null = null
  #rows = 0

  constructor({ tokens, from }: StatesRequest, outcome: JobOutcome<Float32Array>) {
    this.prompt = tokens
    this.length = tokens.length
    this.reusable = from
    this.#from = from
    this.#outcome = outcome
  }

  next(past: number, limit: number): JobStep {
    const tokens = this.prompt.slice(past, past + limit)
    return { tokens, outputs: [...tokens.keys()].filter((index) => past + index >= this.#from), result: 'hidden' }
  }

  accept(rows: readonly Float32Array[]): { generated: number; done: boolean } {
    for (const row of rows) {
      this.#states ??= new Float32Array(row.length * (this.length - this.#from))
      this.#states.set(row, this.#rows * row.length)
      this.#rows += 1
    }
    return { generated: 0, done: this.#rows === this.length - this.#from }
  }

  finish(): void {
    this.#outcome.resolve(this.#states!)
  }

  abandon(error: Error): void {
    this.#outcome.reject(error)
  }
}
