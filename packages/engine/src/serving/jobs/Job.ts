/** What a job feeds into a step: tokens at its next positions, and after which of them it wants a result. */
export type JobStep = { tokens: readonly number[]; outputs: readonly number[]; result?: 'logits' | 'hidden' }

/** One sequence that takes part in the batcher's steps until it is done. It knows nothing of slots, adapters or payers. */
export type Job = {
  /** Tokens that are known from the start, to be computed in pieces of any size. */
  readonly prompt: readonly number[]
  /** Leading tokens of the prompt whose results nobody wants: they may be taken from an earlier sequence. */
  readonly reusable: number
  /** Whether somebody is reading its answer already, begun elsewhere: it goes before what has not begun. Default no. */
  readonly goesOn?: boolean
  /** Most tokens that it will generate. */
  readonly maxAnswer: number
  /** Whether it generates that many in any case. */
  readonly answerFixed: boolean
  /** Longest the sequence can become, in positions. */
  readonly length: number
  /** What comes after the first `past` positions, at most `limit` tokens. */
  next(past: number, limit: number): JobStep
  /** Takes the rows that were asked for by the last `next`; they are overwritten by the next step. @returns tokens generated, and whether it is done */
  accept(rows: readonly Float32Array[]): { generated: number; done: boolean }
  /** The job is done: its result goes to whoever asked. */
  finish(): void
  /** The job ends without a result. */
  abandon(error: Error): void
}

/** Where the outcome of a job goes. */
export type JobOutcome<Result> = { resolve: (result: Result) => void; reject: (error: Error) => void }
