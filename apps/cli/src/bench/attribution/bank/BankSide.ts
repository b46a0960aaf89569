import type { AdapterProbe, AdapterRecipe, TrainingExample } from '@openledger/engine'
import type { Retrained } from '../statistics/Retrained.ts'
import type { BankModel } from './BankModel.ts'
import type { FullRun } from './fullRun.ts'

export const querySets = ['held-out', 'generated'] as const
export type QuerySetName = (typeof querySets)[number]

/** Questions with answers, and what real retraining did to the loss of each. */
export type QuerySet = {
  examples: readonly TrainingExample[]
  /** Mean loss per answer token of the bare base and of the adapter trained on all, in nats. */
  base: Float64Array
  tuned: Float64Array
  /** Retrainings without one contributor each, in their order; and those without random ones. */
  leftOut: readonly Retrained[]
  random: readonly Retrained[]
}

/** One seed's bank: what was trained, and what its adapters make of the queries. */
export type BankSide = {
  base: BankModel
  probe: AdapterProbe
  recipe: AdapterRecipe
  examples: readonly TrainingExample[]
  contributors: number
  /** θ, trained on all. */
  full: Float32Array
  /** θ − θ without contributor a. */
  responses: readonly Float32Array[]
  run: FullRun
  /** Responses found with less computation. */
  extra: { subsampled?: readonly Float32Array[]; /** From random halves alone. */ halved?: readonly Float32Array[] }
  queries: Record<QuerySetName, QuerySet>
  hash: string
  /** Seconds of training per adapter, as far as trained in this call. */
  trained: { adapters: number; seconds: number }
}
