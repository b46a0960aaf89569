import { fail } from '@openledger/protocol'
import { linearModules, type LinearModule } from '../model/weightShapes.ts'
import type { AdamWOptions } from './AdamW.ts'
import type { Precision } from './graph/GraphBuild.ts'
import type { LearningRateSchedule } from './learningRate.ts'

/** Everything that decides how an adapter is trained; with base, examples and ggml build it fixes the adapter bit for bit. */
export type AdapterRecipe = LearningRateSchedule &
  AdamWOptions & {
    rank: number
    /** The update is multiplied by alpha / rank. */
    alpha: number
    /** Linear modules that carry an update, by GGUF name. */
    targets: LinearModule[]
    /** Passes over the examples; used when `steps` is absent. */
    epochs: number
    steps?: number
    /** Examples per step. */
    batchSize: number
    /** Most tokens in one graph run; decides memory and speed only up to rounding, and is part of the recipe. */
    microTokens: number
    /** Largest gradient norm; 0 turns clipping off. */
    clipNorm: number
    /**
     * Largest gradient of one example, as a multiple of the median of its batch: see `clipExamples`. Absent turns it off. It costs a second pass
     * over each batch.
     */
    exampleClip?: number
    seed: number
    /** Longest example in tokens. */
    maxLength: number
    precision: Precision
    /** Steps between checkpoints. */
    checkpointEvery: number
    /** Steps between measurements on the evaluation split. */
    evaluateEvery: number
  }

/** A recipe for a few hundred short records on a base of a few million parameters; see `models/tiny` for what it reaches there. */
export const defaultAdapterRecipe: AdapterRecipe = {
  rank: 16,
  alpha: 32,
  targets: [...linearModules],
  epochs: 10,
  batchSize: 16,
  microTokens: 1024,
  learningRate: 6e-3,
  warmup: 10,
  schedule: 'cosine',
  finalFraction: 0.05,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  epsRoot: 1e-8,
  weightDecay: 0,
  clipNorm: 1,
  seed: 1,
  maxLength: 256,
  precision: 'bf16',
  checkpointEvery: 50,
  evaluateEvery: 50,
}

const usefulSteps = 500
const fewestEpochs = 20
const mostEpochs = 60

/** Passes that suit a number of examples when nobody names one: about 500 steps, within 20 to 60 passes. */
export function epochsFor(examples: number, batchSize: number): number {
  return Math.min(mostEpochs, Math.max(fewestEpochs, Math.round((usefulSteps * batchSize) / Math.max(1, examples))))
}

/** Fills in defaults and checks the numbers; throws `RECIPE` naming the field. */
export function fullAdapterRecipe(recipe: Partial<AdapterRecipe>): AdapterRecipe {
  const full = { ...defaultAdapterRecipe, ...recipe }
  for (const field of ['rank', 'epochs', 'batchSize', 'microTokens', 'maxLength', 'checkpointEvery', 'evaluateEvery'] as const) {
    if (!Number.isSafeInteger(full[field]) || full[field] < 1) fail('RECIPE', `${field} is ${full[field]}, not a positive integer`, { field })
  }
  if (full.steps !== undefined && (!Number.isSafeInteger(full.steps) || full.steps < 1)) fail('RECIPE', `steps is ${full.steps}, not a positive integer`, { field: 'steps' })
  for (const field of ['alpha', 'learningRate'] as const) {
    if (!(full[field] > 0) || !Number.isFinite(full[field])) fail('RECIPE', `${field} is ${full[field]}, not a positive number`, { field })
  }
  for (const field of ['warmup', 'weightDecay', 'clipNorm', 'eps', 'epsRoot'] as const) {
    if (!(full[field] >= 0) || !Number.isFinite(full[field])) fail('RECIPE', `${field} is ${full[field]}, not a number ≥ 0`, { field })
  }
  if (full.exampleClip !== undefined && !(full.exampleClip >= 1 && Number.isFinite(full.exampleClip))) fail('RECIPE', `exampleClip is ${full.exampleClip}, not a number ≥ 1`, { field: 'exampleClip' })
  for (const field of ['beta1', 'beta2'] as const) {
    if (!(full[field] >= 0 && full[field] < 1)) fail('RECIPE', `${field} is ${full[field]}, not within 0 to 1`, { field })
  }
  const unknown = full.targets.find((target) => !linearModules.includes(target))
  if (unknown !== undefined || full.targets.length === 0) fail('RECIPE', `target ${unknown} is not one of ${linearModules.join(', ')}`, { field: 'targets' })
  if (!(full.eps + full.epsRoot > 0)) fail('RECIPE', 'eps and epsRoot must not both be 0', { field: 'eps' })
  return full
}
