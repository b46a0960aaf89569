import type { Graph, Tensor, TensorContext } from '@openledger/tensor'
import type { ModelConfig } from '../model/ModelConfig.ts'
import { kvBlock, type KvCache } from './KvCache.ts'
import type { Placed, StepLayout } from './StepPlan.ts'

const floatBytes = 4

/** The mask of one sequence in a step: which positions each of its rows may see. */
export type SequenceMask = { placed: Placed; /** First of the rows that are computed together. */ start: number; rows: number; keys: number; tensor: Tensor }

/** The rows that a sequence's attention is computed over: its own, or two when it has one (see `layoutStep`). */
export function attentionRows(placed: Placed, total: number): { start: number; rows: number } {
  const rows = Math.max(placed.step.tokens.length, 2)
  return { start: Math.min(placed.row, total - rows), rows }
}

/** Positions that a sequence reads after this step, in whole blocks. */
export function keysRead(placed: Placed): number {
  return Math.ceil((placed.step.past + placed.step.tokens.length) / kvBlock) * kvBlock
}

/** Mask values, [keys, rows]: zero where a row may look, minus infinity elsewhere. A foreign row in the window sees what the nearest own row sees. */
export function maskValues(mask: SequenceMask): Float32Array {
  const { placed, start, rows, keys } = mask
  const values = new Float32Array(keys * rows).fill(-Infinity)
  const own = placed.step.tokens.length
  for (let row = 0; row < rows; row++) {
    const index = Math.min(Math.max(start + row - placed.row, 0), own - 1)
    values.fill(0, row * keys, row * keys + placed.step.past + index + 1)
  }
  return values
}

/** Appends to the graph the copies of this step's keys and values into the cache. @param keys @param values [width of kv heads, rows] */
export function storeKeysAndValues(context: TensorContext, graph: Graph, cache: KvCache, layer: number, layout: StepLayout, keys: Tensor, values: Tensor): void {
  const { ops } = context
  const width = keys.shape[0]
  const size = cache.elementBytes
  const rowBytes = width * floatBytes
  for (const { step, row } of layout.sequences) {
    const count = step.tokens.length
    const slot = step.slot * cache.positions * width * size
    const newKeys = ops.view2d(keys, width, count, rowBytes, row * rowBytes)
    const newValues = ops.view2d(values, width, count, rowBytes, row * rowBytes)
    const keyPlace = ops.view2d(cache.keys[layer]!, width, count, width * size, slot + step.past * width * size)
    const valuePlace = ops.view2d(cache.values[layer]!, count, width, cache.positions * size, slot + step.past * size)
    graph.expand(ops.cpy(newKeys, keyPlace), ops.cpy(ops.transpose(newValues), valuePlace))
  }
}

/**
 * Attention of every sequence over its own slot of the cache.
 * @param queries [head width, heads, rows], rotated @returns [heads * head width, rows]
 */
export function attention(context: TensorContext, config: ModelConfig, cache: KvCache, layer: number, masks: readonly SequenceMask[], queries: Tensor): Tensor {
  const { ops } = context
  const { heads, headWidth, kvHeads } = config
  const width = kvHeads * headWidth
  const size = cache.elementBytes
  const total = queries.shape[2]
  const outWidth = heads * headWidth
  const rowBytes = outWidth * floatBytes
  let result: Tensor | null = null
  for (const mask of masks) {
    const { placed, start, rows, keys } = mask
    const slot = placed.step.slot * cache.positions * width * size
    const k = ops.view3d(cache.keys[layer]!, headWidth, keys, kvHeads, width * size, headWidth * size, slot)
    const v = ops.view3d(cache.values[layer]!, keys, headWidth, kvHeads, cache.positions * size, cache.positions * headWidth * size, slot)
    const own = ops.view3d(queries, headWidth, heads, rows, headWidth * floatBytes, rowBytes, start * rowBytes)
    const scores = ops.mulMat(k, ops.permute(own, 0, 2, 1, 3))
    const weights = ops.softMaxExt(scores, mask.tensor, 1 / Math.sqrt(headWidth), 0)
    const mixed = ops.cont2d(ops.permute(ops.mulMat(v, weights), 0, 2, 1, 3), outWidth, rows)
    if (masks.length === 1) return mixed
    const count = placed.step.tokens.length
    const part = count === rows ? mixed : ops.view2d(mixed, outWidth, count, rowBytes, (placed.row - start) * rowBytes)
    result ??= ops.fill(ops.cont2d(queries, outWidth, total), 0)
    result = ops.set2dInplace(result, part, rowBytes, placed.row * rowBytes)
  }
  return result!
}
