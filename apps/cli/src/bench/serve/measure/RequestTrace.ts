import type { BenchRequest } from '../workload/BenchRequest.ts'

/** What happened to one request; times in milliseconds of one clock. */
export type RequestTrace = {
  request: BenchRequest
  sentAt: number
  /** When each token came; targets that answer whole have none. */
  tokenTimes: number[]
  endedAt: number
  /** Tokens of the whole answer; null when there was none. */
  tokens: readonly number[] | null
  outcome: 'answered' | 'refused' | 'stopped' | 'failed'
  /** Why it failed. */
  error?: string
}

/** Milliseconds from sending to the first token; null when none came. */
export function firstTokenMs(trace: RequestTrace): number | null {
  const first = trace.tokenTimes[0]
  return first === undefined ? null : first - trace.sentAt
}

/** Milliseconds between the tokens of one answer. */
export function tokenGapsMs(trace: RequestTrace): number[] {
  return trace.tokenTimes.slice(1).map((time, index) => time - trace.tokenTimes[index]!)
}

/** Tokens that came within a span of time. */
export function tokensWithin(traces: readonly RequestTrace[], from: number, to: number): number {
  return traces.reduce((sum, trace) => sum + trace.tokenTimes.filter((time) => time >= from && time < to).length, 0)
}
