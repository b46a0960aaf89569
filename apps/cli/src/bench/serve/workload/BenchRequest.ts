/** One request of a workload. */
export type BenchRequest = {
  /** Index of the adapter among those that the target knows; null for the bare base. */
  adapter: number | null
  prompt: readonly number[]
  /** Exactly as many tokens are generated. */
  outputTokens: number
  /** Whom fairness counts it for. */
  payer?: string
  /** Admission's bound for the first token. */
  firstTokenMs?: number
}

/** A request that comes at a time of its own: milliseconds after the workload's start. */
export type TimedRequest = BenchRequest & { atMs: number }
