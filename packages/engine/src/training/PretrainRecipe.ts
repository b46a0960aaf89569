import type { AdamWOptions } from './AdamW.ts'
import type { Precision } from './graph/GraphBuild.ts'
import type { LearningRateSchedule } from './learningRate.ts'

/** Everything that decides how a base model is trained; together with data and shape it fixes the result bit for bit. */
export type PretrainRecipe = LearningRateSchedule &
  AdamWOptions & {
    steps: number
    /** Tokens per row. */
    length: number
    /** Rows per graph run. */
    microRows: number
    /** Graph runs per step; their gradients are added up. */
    accumulate: number
    /** Largest gradient norm; 0 turns clipping off. */
    clipNorm: number
    seed: number
    precision: Precision
    /** Threads of one graph run; more than one suits a quiet machine, otherwise prefer more `workers`. */
    threads: number
    /** Steps between checkpoints. */
    checkpointEvery: number
    /** Steps between measurements on the evaluation split. */
    evaluateEvery: number
  }

/** A recipe that suits models of a few million parameters: 4,096 tokens per step. */
export const defaultPretrainRecipe: PretrainRecipe = {
  steps: 1000,
  length: 128,
  microRows: 16,
  accumulate: 2,
  learningRate: 3e-3,
  warmup: 50,
  schedule: 'cosine',
  finalFraction: 0.05,
  beta1: 0.9,
  beta2: 0.95,
  eps: 1e-8,
  epsRoot: 0,
  weightDecay: 0.05,
  clipNorm: 1,
  seed: 1,
  precision: 'bf16',
  threads: 1,
  checkpointEvery: 100,
  evaluateEvery: 100,
}
