import type { EmbedRequest } from '../requests.ts'
import { HiddenJob } from './HiddenJob.ts'
import type { JobOutcome } from './Job.ts'

/** Computes an embedding: the mean of the final normed hidden states, or the last of them, scaled to Euclidean length one. */
export class EmbedJob extends HiddenJob {
  #sum: Float64Array | null = null

  constructor({ tokens, pooling = 'mean' }: EmbedRequest, outcome: JobOutcome<Float32Array>) {
    super(tokens, pooling === 'mean' ? 0 : tokens.length - 1, outcome)
  }

  protected override take(row: Float32Array): void {
    const sum = (this.#sum ??= new Float64Array(row.length))
    for (let index = 0; index < row.length; index++) sum[index]! += row[index]!
  }

  protected override result(): Float32Array {
    const sum = this.#sum!
    const norm = Math.sqrt(sum.reduce((total, value) => total + value * value, 0)) || 1
    return Float32Array.from(sum, (value) => value / norm)
  }
}
