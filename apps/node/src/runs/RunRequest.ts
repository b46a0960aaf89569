import { policy, type MethodName } from '@openledger/attribution'
import type { AdapterRecipe } from '@openledger/engine'
import { fail, receiptSchema, type Hex, type Json } from '@openledger/protocol'
import type { Address } from 'viem'
import { z } from 'zod'

const count = z.int().min(1)
const rate = z.number().min(0)

/** The part of a recipe that a caller may set; the engine checks it again and fills in the rest. */
export const recipeSchema: z.ZodType<Partial<AdapterRecipe>> = z.strictObject({
  rank: count.max(256),
  alpha: z.number().gt(0),
  targets: z.array(z.string()).min(1) as unknown as z.ZodType<AdapterRecipe['targets']>,
  epochs: count.max(10_000),
  steps: count.max(1_000_000),
  batchSize: count.max(4096),
  microTokens: count.max(1_000_000),
  clipNorm: rate,
  seed: z.int().min(0).max(0xffffffff),
  maxLength: count.max(131_072),
  precision: z.enum(['f32', 'bf16']) as unknown as z.ZodType<AdapterRecipe['precision']>,
  checkpointEvery: count,
  evaluateEvery: count,
  learningRate: z.number().gt(0),
  warmup: rate,
  schedule: z.enum(['cosine', 'constant', 'linear']) as unknown as z.ZodType<AdapterRecipe['schedule']>,
  finalFraction: rate,
  beta1: rate,
  beta2: rate,
  eps: rate,
  epsRoot: rate,
  weightDecay: rate,
}).partial() as z.ZodType<Partial<AdapterRecipe>>

/** What a trainer asks for; without a method of influence, the one that suits the number of contributors. */
export type RunRequest = { name: string; trainer: Address; baseId: Hex; snapshotIds: Hex[]; recipe: Partial<AdapterRecipe>; method?: MethodName; /** SPDX identifier; absent in runs from before there was one. */ licence?: string }

/** Under which adapters are passed on where nothing else is said. */
export const adapterLicence = 'Apache-2.0'

/** A finished run as it waits for its trainer's signature; kept as JSON in the journal. */
export type RunResult = {
  /** The TrainingRun to sign; all fields are strings. */
  run: Json
  recipe: Json
  profile: Json
  metrics: { losses: number[]; lossBase: number; lossFinal: number; steps: number }
  snapshots: { snapshotId: Hex; cid: string; contributions: { contributionId: Hex; cid: string }[] }[]
  adapter: { config: string; tensors: string }
  influenceTable: string
  spanIndex: string
  /** The cluster file; absent in runs from before there were any. */
  clusters?: string
}

/** Checks a run's name: it becomes the model's. */
export function checkRunName(name: string): void {
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)) fail('BAD_NAME', 'a run name has lower-case letters, digits, dots, underscores and hyphens, 63 at most', { field: 'name' })
}

export const snapshotIdsSchema = z.array(receiptSchema.shape.requestHash).min(1).max(32)

export const methodSchema = z.enum(Object.keys(policy.pathPoints) as [MethodName, ...MethodName[]])
