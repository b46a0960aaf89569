import type { EmbedRequest } from '../requests.ts'
import type { Job, JobOutcome, JobStep } from './Job.ts'

/** Computes an embedding: the mean of the final normed hidden states, or the last of them, scaled to Euclidean length one. */
export class EmbedJob implements Job {
  readonly prompt: readonly number[]
  readonly reusable: number
  readonly maxAnswer = 0
  readonly answerFixed = true
  readonly length: number
  readonly #mean: boolean
  readonly #outcome: JobOutcome<Float32Array>
  #sum: Float64Array | null = null
  #rows = 0

  constructor({ tokens, pooling = 'mean' }: EmbedRequest, outcome: JobOutcome<Float32Array>) {
    this.prompt = tokens
    this.length = tokens.length
    this.#mean = pooling === 'mean'
    this.#outcome = outcome
    this.reusable = this.#mean ? 0 : tokens.length - 1
  }

  next(past: number, limit: number): JobStep {
    const tokens = this.prompt.slice(past, past + limit)
    const last = past + tokens.length === this.length ? [tokens.length - 1] : []
    return { tokens, outputs: this.#mean ? [...tokens.keys()] : last, result: 'hidden' }
  }

  accept(rows: readonly Float32Array[]): { generated: number; done: boolean } {
    for (const row of rows) {
      const sum = (this.#sum ??= new Float64Array(row.length))
      for (let index = 0; index < row.length; index++) sum[index]! += row[index]!
      this.#rows += 1
    }
    return { generated: 0, done: this.#rows === (this.#mean ? this.length : 1) }
  }

  finish(): void {
    const sum = this.#sum!
    const norm = Math.sqrt(sum.reduce((total, value) => total + value * value, 0)) || 1
    this.#outcome.resolve(Float32Array.from(sum, (value) => value / norm))
  }

  abandon(error: Error): void {
    this.#outcome.reject(error)
  }
}
