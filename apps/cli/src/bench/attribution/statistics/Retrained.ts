/** Predicted rise of a query's loss when a contributor is left out: one row per query, one entry per contributor, any unit. */
export type ScoreTable = readonly ArrayLike<number>[]

/** What retraining without some contributors did to the loss of each query, in nats per token. */
export type Retrained = {
  /** Indices of the contributors left out. */
  without: readonly number[]
  /** ℓ without them − ℓ with all, per query. */
  rise: ArrayLike<number>
}
