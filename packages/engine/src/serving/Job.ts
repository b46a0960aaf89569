import type { LoadedAdapter } from '../forward/LoadedAdapter.ts'

/** One sequence that takes part in the batcher's steps until it is done. */
export type Job = {
  readonly adapter: LoadedAdapter | null
  /** Longest the sequence can become. */
  readonly length: number
  /** The next tokens to feed, at most `limit` of them, and after which of them logits are wanted. */
  next(limit: number): { tokens: readonly number[]; outputs: readonly number[] }
  /** Takes the logits asked for by the last `next`. @returns whether the job is done */
  accept(rows: readonly Float32Array[]): boolean
  /** The job is done: its result goes to whoever asked. */
  finish(): void
  /** The job ends without a result. */
  abandon(error: Error): void
}
