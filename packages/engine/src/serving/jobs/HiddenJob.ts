import type { Job, JobOutcome, JobStep } from './Job.ts'

/** Reads the final normed hidden states of a sequence from one token on; what is made of them is the subclass's. */
export abstract class HiddenJob implements Job {
  readonly prompt: readonly number[]
  readonly reusable: number
  readonly maxAnswer = 0
  readonly answerFixed = true
  readonly length: number
  readonly #from: number
  readonly #outcome: JobOutcome<Float32Array>
  #rows = 0

  /** @param from index of the first token whose state is wanted */
  constructor(tokens: readonly number[], from: number, outcome: JobOutcome<Float32Array>) {
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
    for (const row of rows) this.take(row, this.#rows++)
    return { generated: 0, done: this.#rows === this.wanted }
  }

  finish(): void {
    this.#outcome.resolve(this.result())
  }

  abandon(error: Error): void {
    this.#outcome.reject(error)
  }

  /** How many states are wanted. */
  protected get wanted(): number {
    return this.length - this.#from
  }

  /** Takes the state of the next token that is wanted. @param index of it among these; the row is valid in this call only */
  protected abstract take(row: Float32Array, index: number): void

  /** What came of all of them. */
  protected abstract result(): Float32Array
}
