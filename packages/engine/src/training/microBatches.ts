import type { BatchShape } from './graph/GraphBuild.ts'
import type { BatchInputs } from './graph/TrainingGraph.ts'
import type { TrainingExample } from './TrainingExample.ts'

/** A part of a step that goes through one graph: its extents, its inputs, and the example of each row. */
export type MicroBatch = { shape: BatchShape; inputs: BatchInputs; examples: TrainingExample[] }

/** The smallest bucket that holds n: multiples of 16 to 64, of 32 to 256, then of 128 (inner extents that ggml multiplies fast). */
export function lengthBucket(n: number): number {
  const unit = n <= 64 ? 16 : n <= 256 ? 32 : 128
  return Math.ceil(n / unit) * unit
}

/** Supervised positions come in steps of an eighth of their magnitude (at least 8), so that few graph shapes are needed. */
export function supervisedBucket(n: number): number {
  const unit = Math.max(8, 2 ** (Math.floor(Math.log2(n)) - 2))
  return Math.ceil(n / unit) * unit
}

/**
 * Packs examples into micro-batches of equal padded length, longest first, so that little is padding and few shapes occur.
 * Deterministic: equal lengths keep their order.
 * @param budget most tokens in one micro-batch (a single longer example is let through)
 * @param total the sum of weights over all supervised tokens of the step: the loss is their weighted mean
 * @param byRow true gives gradients per row, false one gradient per micro-batch
 */
export function microBatches(examples: readonly TrainingExample[], budget: number, total: number, byRow: boolean): MicroBatch[] {
  const sorted = examples.map((example, i) => ({ example, i })).sort((x, y) => y.example.tokens.length - x.example.tokens.length || x.i - y.i)
  const batches: MicroBatch[] = []
  for (let at = 0; at < sorted.length; ) {
    const length = lengthBucket(sorted[at].example.tokens.length - 1)
    const most = Math.max(1, Math.min(sorted.length - at, Math.floor(budget / length)))
    const rows = 2 ** Math.floor(Math.log2(most))
    const members = sorted.slice(at, at + rows).map(({ example }) => example)
    batches.push(fill(members, length, total, byRow))
    at += rows
  }
  return batches
}

function fill(examples: TrainingExample[], length: number, total: number, byRow: boolean): MicroBatch {
  const rows = examples.length
  const used = examples.reduce((sum, example) => sum + example.tokens.length - example.supervisedFrom, 0)
  const supervised = supervisedBucket(used)
  const inputs = {
    tokens: new Int32Array(rows * length),
    rows: new Int32Array(supervised),
    targets: new Int32Array(supervised),
    weights: new Float32Array(supervised),
  }
  let s = 0
  examples.forEach(({ tokens, supervisedFrom, weight = 1 }, row) => {
    for (let i = 0; i + 1 < tokens.length; i++) inputs.tokens[row * length + i] = tokens[i]
    for (let i = supervisedFrom; i < tokens.length; i++, s++) {
      inputs.rows[s] = row * length + i - 1
      inputs.targets[s] = tokens[i]
      inputs.weights[s] = weight / total
    }
  })
  return { shape: { length, rows, supervised, groups: byRow ? rows : 1 }, inputs, examples }
}

/** Sum of weights over the supervised tokens of some examples. */
export function supervisedWeight(examples: readonly TrainingExample[]): number {
  return examples.reduce((sum, { tokens, supervisedFrom, weight = 1 }) => sum + weight * (tokens.length - supervisedFrom), 0)
}
