import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type AdapterRecipe, type Coalition, type TrainingExample, trainTogether } from '@openledger/engine'
import type { BankModel } from './BankModel.ts'

export type BankRun = {
  base: BankModel
  examples: readonly TrainingExample[]
  recipe: Partial<AdapterRecipe>
  coalitions: readonly Coalition[]
  /** Where trained adapters are kept, one file per coalition, named by everything that decides it. */
  folder: string
  /** Coalitions trained in one call. */
  together: number
  /** Estimate gradients from this part of each batch; default all of it. */
  subsample?: number
  signal?: AbortSignal
  note?: (text: string) => void
}

export type TrainedBank = {
  /** θ of each coalition, flat in canonical order. */
  adapters: Float32Array[]
  /** SHA-256 over the files of all adapters in order: the bank's name. */
  hash: string
  /** What was trained now, not read back: adapters and seconds. */
  trained: { adapters: number; seconds: number }
}

/** Steps between checkpoints of what is being trained. */
const checkpointEvery = 4

/**
 * Really retrains on every coalition, or reads back what an earlier call trained; a call that was interrupted goes on where it was.
 * @throws `TRAINING_STOPPED` by the signal, `RECIPE`, `EXAMPLE_*`, `TRAINING_DIVERGED`
 */
export async function trainBank(run: BankRun): Promise<TrainedBank> {
  const { base, examples, recipe, coalitions, folder, signal } = run
  mkdirSync(folder, { recursive: true })
  const files = coalitions.map(({ weights }) => path.join(folder, `${bankKey(base, examples, recipe, run.subsample === undefined ? weights : { weights, subsample: run.subsample })}.f32`))
  const missing = coalitions.map((_, c) => c).filter((c) => !existsSync(files[c]))
  let seconds = 0
  for (let from = 0; from < missing.length; from += run.together) {
    const lot = missing.slice(from, from + run.together)
    const began = performance.now()
    const running = path.join(folder, 'running')
    const { adapters } = await trainTogether(base.model, examples, { ...recipe, checkpointEvery }, lot.map((c) => coalitions[c]), {
      signal,
      subsample: run.subsample,
      checkpointDir: running,
      onProgress: ({ step, steps }) => {
        if (step % checkpointEvery === 0) run.note?.(`${lot.length} adapters, step ${step} of ${steps}, ${((performance.now() - began) / 1000).toFixed(0)} s`)
      },
    })
    rmSync(running, { recursive: true, force: true })
    lot.forEach((c, i) => writeWhole(files[c], adapters[i]))
    seconds += (performance.now() - began) / 1000
    run.note?.(`${from + lot.length} of ${missing.length} adapters trained, ${(seconds / (from + lot.length)).toFixed(1)} s each`)
  }
  const hash = createHash('sha256')
  const adapters = files.map((file) => {
    const bytes = readFileSync(file)
    hash.update(bytes)
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  })
  return { adapters, hash: hash.digest('hex'), trained: { adapters: missing.length, seconds } }
}

/** A name that everything has a part in which decides the bytes of one adapter. */
export function bankKey(base: BankModel, examples: readonly TrainingExample[], recipe: Partial<AdapterRecipe>, weights: readonly number[] | { weights: readonly number[]; subsample: number } | 'run'): string {
  const listed = examples.map(({ tokens, supervisedFrom, group, weight = 1 }) => [Array.from(tokens), supervisedFrom, group, weight])
  const sorted = Object.entries(recipe).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify([base.identity, sorted, listed, weights])).digest('hex').slice(0, 32)
}

function writeWhole(file: string, values: Float32Array): void {
  writeFileSync(`${file}.part`, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  renameSync(`${file}.part`, file)
}
