import type { Graph, Tensor, TensorContext } from '@openledger/tensor'
import type { ModelConfig } from '../model/ModelConfig.ts'
import type { KvCache } from './KvCache.ts'
import type { AttentionRun, Placed } from './StepPlan.ts'

const floatBytes = 4
const halfBytes = 2
const minusInfinity = 0xfc00

/** Positions are read in multiples of this, so that one graph serves many lengths; those beyond a row's own are masked and passed over. */
const keysBucket = 256

/** Positions read by sequences that hold `length` of them at most. */
export function keysRead(cache: KvCache, length: number): number {
  return Math.min(Math.ceil(length / keysBucket) * keysBucket, cache.positions)
}

/** How many positions a sequence holds after its step. */
export function lengthAfter({ step }: Placed): number {
  return step.past + step.tokens.length
}

/** Mask, F16 bits, [keys, rows]: each row sees the positions before the given end. */
export function maskValues(keys: number, ends: readonly number[]): Uint16Array {
  const values = new Uint16Array(keys * ends.length).fill(minusInfinity)
  ends.forEach((end, row) => values.fill(0, row * keys, row * keys + end))
  return values
}

/** Rows of a mask for a run: one for each sequence, or two for one that is alone (see `attendRun`). */
export function runMaskRows(run: AttentionRun): number {
  return Math.max(run.count, 2)
}

/** What attention reads besides the rows: the cache of one layer; and how many rows of a sequence it takes at once. */
export type LayerCache = { config: ModelConfig; cache: KvCache; layer: number; mostRows: number }

function readSlots(context: TensorContext, { config, cache, layer }: LayerCache, slot: number, count: number, keys: number): { k: Tensor; v: Tensor } {
  const { head, position, slot: slotBytes } = cache.strides
  const view = (tensor: Tensor): Tensor => context.ops.view4d(tensor, config.headWidth, keys, config.kvHeads, count, position, head, slotBytes, slot * slotBytes)
  return { k: view(cache.keys[layer]!), v: view(cache.values[layer]!) }
}

/**
 * Attention of sequences with one row each in neighbouring slots.
 * A sequence that is alone is computed as two rows of one: for a single row ggml may split the positions among its threads, and the sum
 * would depend on their number.
 * @param queries [heads * head width, rows], at least two rows (by slot) @param mask [keys, runMaskRows] F16
 * @param padded the run's only row is followed by its repetition, which is to be computed like it
 * @returns [heads * head width, run.count, or two when padded]
 */
export function attendRun(context: TensorContext, layer: LayerCache, run: AttentionRun, queries: Tensor, keys: number, mask: Tensor, padded: boolean): Tensor {
  const { ops } = context
  const { heads, headWidth } = layer.config
  const [width, rows] = queries.shape
  const rowBytes = width * floatBytes
  const row = run.at
  const { k, v } = readSlots(context, layer, run.slot, run.count, keys)
  const scale = 1 / Math.sqrt(headWidth)
  if (run.count > 1) {
    const q = ops.view4d(queries, headWidth, 1, heads, run.count, rowBytes, headWidth * floatBytes, rowBytes, row * rowBytes)
    return ops.reshape2d(ops.flashAttention(q, k, v, ops.reshape4d(mask, keys, 1, 1, run.count), scale, 0, 0).withF32Sums(), width, run.count)
  }
  const start = Math.min(row, rows - 2)
  const q = ops.view4d(queries, headWidth, 2, heads, 1, rowBytes, headWidth * floatBytes, 2 * rowBytes, start * rowBytes)
  const both = ops.reshape2d(ops.flashAttention(q, k, v, mask, scale, 0, 0).withF32Sums(), width, 2)
  return padded ? both : ops.view2d(both, width, 1, rowBytes, (row - start) * rowBytes)
}

/**
 * Attention of one sequence with several rows, in pieces.
 * @param queries [heads * head width, rows of the step] @param mask [keys, rows of the sequence] F16
 * @returns pieces [heads * head width, rows of the piece] and the row of the step at which each begins
 */
export function attendLong(context: TensorContext, layer: LayerCache, placed: Placed, queries: Tensor, keys: number, mask: Tensor): { piece: Tensor; row: number }[] {
  const { ops } = context
  const { heads, headWidth } = layer.config
  const width = queries.shape[0]
  const rowBytes = width * floatBytes
  const { k, v } = readSlots(context, layer, placed.step.slot, 1, keys)
  const total = placed.step.tokens.length
  const pieces = Math.ceil(total / layer.mostRows)
  return Array.from({ length: pieces }, (_, index) => {
    const from = Math.floor((index * total) / pieces)
    const rows = Math.floor(((index + 1) * total) / pieces) - from
    const row = placed.row + from
    const q = ops.view4d(queries, headWidth, rows, heads, 1, rowBytes, headWidth * floatBytes, rows * rowBytes, row * rowBytes)
    const part = ops.view2d(mask, keys, rows, keys * halfBytes, from * keys * halfBytes)
    return { piece: ops.reshape2d(ops.flashAttention(q, k, v, part, 1 / Math.sqrt(headWidth), 0, 0).withF32Sums(), width, rows), row }
  })
}

/** Puts pieces of rows together. @param like any [width, rows]; not changed @returns [width, rows] */
export function joinRows(context: TensorContext, like: Tensor, pieces: readonly { piece: Tensor; row: number }[]): Tensor {
  const { ops } = context
  const [width, rows] = like.shape
  const [first] = pieces
  if (pieces.length === 1 && first!.piece.shape[1] === rows) return first!.piece
  let result = ops.cont2d(like, width, rows)
  for (const { piece, row } of pieces) result = ops.set2dInplace(result, piece, width * floatBytes, row * width * floatBytes)
  return result
}

/** Appends to the graph the copies of a step's keys and values into the cache. @param cells I32 [rows]: slot * positions + position @param keys @param values [width, rows] */
export function storeKeysAndValues(context: TensorContext, graph: Graph, cache: KvCache, layer: number, cells: Tensor, keys: Tensor, values: Tensor): void {
  const { ops } = context
  const width = keys.shape[0]
  const place = (tensor: Tensor): Tensor => ops.reshape2d(tensor, width, cache.positions * cache.slots)
  graph.expand(ops.setRows(place(cache.keys[layer]!), keys, cells), ops.setRows(place(cache.values[layer]!), values, cells))
}
