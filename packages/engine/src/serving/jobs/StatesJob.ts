import type { StatesRequest } from '../requests.ts'
import { HiddenJob } from './HiddenJob.ts'
import type { JobOutcome } from './Job.ts'

/** Computes the final normed hidden state after each token of a sequence from one on: what the logits of the next token are made of. */
export class StatesJob extends HiddenJob {
  #states: Float32Array | null = null

  constructor({ tokens, from }: StatesRequest, outcome: JobOutcome<Float32Array>) {
    super(tokens, from, outcome)
  }

  protected override take(row: Float32Array, index: number): void {
    this.#states ??= new Float32Array(row.length * this.wanted)
    this.#states.set(row, index * row.length)
  }

  protected override result(): Float32Array {
    return this.#states!
  }
}
