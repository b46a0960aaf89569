import type { QuerySetName } from '../bank/BankSide.ts'
import type { Interval } from '../statistics/bootstrapInterval.ts'

/** What one method reached on one set of queries. */
export type SetFigures = {
  /** Mean over queries of the rank correlation over random coalitions, with its 95 % interval over queries and retrainings. */
  lds: number
  interval: Interval
  /** Rank correlation over contributors with leaving each one out. */
  leftOut: number
  /** Of the true on the predicted change; absent for scores that are not in nats. */
  slope?: number
  /** Distance from the shares that the true changes give, by the same rule; absent for scores that are not in nats. */
  shareError?: number
}

export type MethodResult = { name: string; about: string; ours: boolean; /** What was chosen on the other bank. */ chosen: Record<QuerySetName, string>; figures: Record<QuerySetName, SetFigures> }

/** A figure that the project promised, on one setting. */
export type Target = { name: string; value: number; wanted: { atLeast: number } | { atMost: number } | { from: number; to: number } }

export function isMet({ value, wanted }: Target): boolean {
  if ('atLeast' in wanted) return value >= wanted.atLeast
  if ('atMost' in wanted) return value <= wanted.atMost
  return value >= wanted.from && value <= wanted.to
}

export type SettingResult = {
  setting: string
  about: string
  /** What names the base and the retrained adapters of both seeds. */
  baseId: string
  banks: [string, string]
  contributors: number
  records: number
  parameters: number
  retrainings: { leftOut: number; random: number; without: number }
  recipe: Record<string, unknown>
  /** Means over queries, in nats per token. */
  losses: Record<QuerySetName, { queries: number; base: number; tuned: number }>
  /** Rank correlation, over contributors, of the true changes of two seeds: what no method that knows one seed can beat on the other. */
  ceiling: { leftOut: number }
  /** The true leave-one-out changes as scores: what a perfect readout of these responses would reach. */
  additive: Record<QuerySetName, number>
  methods: MethodResult[]
  /** LDS of every point that the gradient was tried at. */
  points: { at: string; figures: Record<QuerySetName, SetFigures> }[]
  targets: Target[]
  seconds: number
}
