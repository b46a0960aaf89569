import type { ForecastOutcome } from '../admission/Calibration.ts'
import type { RequestPriority } from '../requests.ts'
import type { HistogramCounts } from './Histogram.ts'

/** What the batcher did and what it has to do. Counts run from its start. */
export type ServingDetail = {
  waitingByPriority: Record<RequestPriority, number>
  /** How long the request that waits longest has waited; 0 when none does. */
  oldestWaitMs: number
  /** Rows computed: one per prompt token and per answer token. */
  rows: { prompt: number; decode: number }
  /** Tokens of the prompts that were started, those included that came from the prefix cache. */
  promptTokens: number
  generatedTokens: number
  /** Sequences that found a prefix, and the prompt tokens that were not computed because of it. */
  prefix: { hits: number; tokens: number }
  /** How often an answer gave up its slot for a while, for a payer further behind in its share. */
  pauses: number
  finished: number
  refused: number
  cancelled: number
  deadlineExceeded: number
  failed: number
  firstTokenMs: HistogramCounts
  interTokenMs: HistogramCounts
  /** Requests with a bound on their first token that were admitted, and how many of them met it. */
  bounded: { met: number; missed: number }
  /** The latest predicted times to a first token with what was measured, and by what factor predictions are raised before they are compared with a bound. */
  forecasts: { recent: readonly ForecastOutcome[]; ratio: number }
  /** Served tokens (prompt tokens computed and tokens generated) of the payers that got the most. */
  payers: { payer: string; tokens: number }[]
}

export type BatcherLoad = {
  /** Sequences being computed. */
  active: number
  /** Requests waiting for a slot or an adapter. */
  waiting: number
  steps: number
  detail: ServingDetail
}
