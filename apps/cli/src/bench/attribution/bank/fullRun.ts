import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type AdapterRecipe, fullAdapterRecipe, learningRateAt, readCheckpoint, trainAdapter, type TrainingExample } from '@openledger/engine'
import type { AdamState } from '../baselines/less.ts'
import type { BankModel } from './BankModel.ts'
import { bankKey } from './trainBank.ts'

/** The state of training at one of its checkpoints, and the learning rate there. */
export type RunCheckpoint = AdamState & { weights: Float32Array; rate: number }

/** The run on all records as the node makes it: what it booked to each contributor, and states along the way (the last one at the end). */
export type FullRun = { contributions: Float32Array[]; checkpoints: RunCheckpoint[] }

const checkpoints = 5

/** How many steps a recipe makes. */
export function stepsOf(recipe: Partial<AdapterRecipe>, examples: number): number {
  const { steps, epochs, batchSize } = fullAdapterRecipe(recipe)
  return steps ?? epochs * Math.ceil(examples / batchSize)
}

/** Trains on all records with `trainAdapter`, or reads back what an earlier call kept in the folder. */
export async function fullRun(run: { base: BankModel; examples: readonly TrainingExample[]; contributors: number; recipe: Partial<AdapterRecipe>; folder: string; signal?: AbortSignal }): Promise<FullRun> {
  const { base, examples, contributors, recipe, signal } = run
  const plan = fullAdapterRecipe(recipe)
  const steps = stepsOf(recipe, examples.length)
  const folder = path.join(run.folder, bankKey(base, examples, recipe, 'run'))
  const every = Math.ceil(steps / checkpoints)
  const kept = Array.from({ length: Math.ceil(steps / every) }, (_, i) => Math.min(steps, (i + 1) * every))
  const file = (step: number): string => path.join(folder, `${step}.checkpoint`)
  if (!kept.every((step) => existsSync(file(step)))) {
    mkdirSync(folder, { recursive: true })
    rmSync(path.join(folder, 'adapter.checkpoint'), { force: true })
    await trainAdapter(base.model, examples, { ...recipe, checkpointEvery: every }, {
      contributors,
      checkpointDir: folder,
      signal,
      onProgress: ({ step }) => {
        if (kept.includes(step)) copyFileSync(path.join(folder, 'adapter.checkpoint'), file(step))
      },
    })
  }
  const states = kept.map((step) => readCheckpoint(file(step))!)
  return {
    contributions: Array.from({ length: contributors }, (_, a) => states.at(-1)!.arrays[`contribution${a}`]),
    checkpoints: states.map(({ step, arrays: { weights, first, second } }) => ({ weights, first, second, steps: step, rate: learningRateAt(plan, step - 1, steps) })),
  }
}
