import { fail } from '@openledger/protocol'
import type { Model } from '../../model/Model.ts'
import { linearModules } from '../../model/weightShapes.ts'
import { AdapterModel } from '../AdapterModel.ts'
import type { AdapterRecipe } from '../AdapterRecipe.ts'
import { FrozenBase } from '../FrozenBase.ts'
import { initialAdapter } from '../initialAdapter.ts'
import { loraLayout } from '../LoraLayout.ts'
import { microBatches, type MicroBatch } from '../microBatches.ts'
import { checkExamples, type TrainingExample } from '../TrainingExample.ts'
import { GradientSketch } from './GradientSketch.ts'

/** Where gradients are taken and how they are projected; with base, examples and ggml build it fixes the fingerprints bit for bit. */
export type FingerprintPlan = Pick<AdapterRecipe, 'rank' | 'alpha' | 'targets' | 'seed' | 'precision' | 'microTokens'>

/** The plan under which records are compared whatever adapter they train: at the initial adapter, which is the base itself. */
export const defaultFingerprintPlan: FingerprintPlan = { rank: 8, alpha: 8, targets: [...linearModules], seed: 1, precision: 'bf16', microTokens: 1024 }

export type FingerprintOptions = {
  plan?: Partial<FingerprintPlan>
  /** Adapter parameters to take gradients at, flat in canonical order of the plan's layout; default the initial adapter. Not kept. */
  weights?: Float32Array
  signal?: AbortSignal
  onProgress?: (done: number) => void
}

/** What a record looks like to the model. */
export type RecordFingerprint = {
  /** 1,024 bytes: signs of 8,192 random projections of the gradient of the example's loss (see `GradientSketch`). */
  simhash: Uint8Array
  /** Mean of the final normed hidden states over the example's tokens, of Euclidean length one; as many numbers as the model is wide. */
  embedding: Float32Array
}

/**
 * Fingerprints of training examples: two examples that teach the same have near gradients and near embeddings. One forward and backward pass each,
 * many examples to a graph; weights of examples do not count. The same examples in the same order give the same bytes, whatever the threads.
 * Gives the event loop a turn after each graph. Borrows the model, which must not generate meanwhile on this thread.
 * @throws `EXAMPLE_*`, `ADAPTER_*`, `FINGERPRINT_WEIGHTS`, `FINGERPRINT_STOPPED` (by `signal`)
 */
export async function recordFingerprints(model: Model, examples: readonly TrainingExample[], options: FingerprintOptions = {}): Promise<RecordFingerprint[]> {
  const plan = { ...defaultFingerprintPlan, ...options.plan }
  checkExamples(examples, model.config.vocabulary, model.config.context)
  const layout = loraLayout(model.config, (_, module) => (plan.targets.includes(module) ? { rank: plan.rank, scale: plan.alpha / plan.rank } : undefined))
  const { weights = initialAdapter(layout, plan.seed), signal } = options
  if (weights.length !== layout.size) fail('FINGERPRINT_WEIGHTS', `${weights.length} parameters do not fit the plan's layout of ${layout.size}`, { field: 'weights', fix: 'give rank and targets of the adapter in the plan' })
  const sketch = new GradientSketch(layout.size, plan.seed)
  const found = new Array<RecordFingerprint>(examples.length)
  const base = new FrozenBase(model, plan.precision)
  const adapted = new AdapterModel(base, layout, weights)
  const rows: Float32Array[] = []
  let done = 0
  try {
    // The group tells which example a row is.
    const own = examples.map(({ tokens, supervisedFrom }, i) => ({ tokens, supervisedFrom, group: i }))
    for (const batch of microBatches(own, plan.microTokens, 1, true)) {
      if (signal?.aborted) fail('FINGERPRINT_STOPPED', `fingerprints were stopped after ${done} of ${examples.length} examples`, { action: 'retry', fix: 'start again' })
      while (rows.length < batch.shape.rows) rows.push(new Float32Array(layout.size))
      const targets = rows.slice(0, batch.shape.rows)
      for (const row of targets) row.fill(0)
      const graph = adapted.graph(batch.shape, 'train')
      graph.run(batch.inputs)
      adapted.collect(graph, targets)
      const embeddings = meanHidden(batch, graph.hidden(), model.config.width)
      batch.examples.forEach((example, row) => {
        found[example.group] = { simhash: sketch.hash(targets[row]), embedding: embeddings[row] }
      })
      done += batch.examples.length
      options.onProgress?.(done)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return found
  } finally {
    adapted.dispose()
    base.dispose()
  }
}

/** Per row of a batch, the mean of its tokens' hidden states (summed in F64), scaled to length one. */
function meanHidden({ shape, examples }: MicroBatch, hidden: Float32Array, width: number): Float32Array[] {
  return examples.map(({ tokens }, row) => {
    const sum = new Float64Array(width)
    const from = row * shape.length * width
    for (let i = 0, end = (tokens.length - 1) * width; i < end; i++) sum[i % width] += hidden[from + i]
    const norm = Math.sqrt(sum.reduce((total, value) => total + value * value, 0)) || 1
    return Float32Array.from(sum, (value) => value / norm)
  })
}
