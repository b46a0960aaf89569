import { type Graph, type Tensor, type TensorContext, TensorType } from '@openledger/tensor'
import type { Model } from '../model/Model.ts'
import { attendLong, attendRun, joinRows, keysRead, type LayerCache, lengthAfter, runMaskRows, storeKeysAndValues } from './attention.ts'
import { traitsOf } from './BackendTraits.ts'
import type { KvCache } from './KvCache.ts'
import { type RunRows, StepLinear } from './linear.ts'
import type { StepLayout } from './StepPlan.ts'

/** Mask of a run or of a long sequence, and how many positions it covers. */
export type StepMask = { tensor: Tensor; keys: number }

/** The leaves of a step's graph that are filled in before it runs, and its results. */
export type StepGraph = {
  graph: Graph
  tokens: Tensor
  positions: Tensor
  /** Cells of the cache that the rows are written to. */
  cells: Tensor
  outputRows: Tensor
  runMasks: StepMask[]
  longMasks: StepMask[]
  /** Single rows by slot of the cache, and back; null when both orders agree. */
  bySlot: { gather: Tensor; scatter: Tensor } | null
  /** One entry for each run of adapters; null without holes. */
  runRows: (RunRows | null)[]
  /** [vocabulary, output rows] F32 */
  logits: Tensor
  /** [width, output rows] F32: the final normed hidden state. */
  hidden: Tensor | null
}

/** An upper bound for the tensors of a step's graph. */
export function stepTensors(model: Model, { attention, longs, lora }: StepLayout): number {
  const { attentionRows } = traitsOf(model.backend)
  const pieces = longs.reduce((count, { step }) => count + Math.ceil(step.tokens.length / attentionRows), 0)
  const perLayer = 48 + 9 * attention.runs.length + 2 * longs.length + 5 * pieces
  const changes = [...lora.runs.map(({ slab }) => slab.shape), ...lora.segments.map(({ adapter }) => adapter.shape)].reduce((count, shape) => count + shape.modules, 0)
  return 64 + attention.runs.length + longs.length + 2 * lora.runs.length + model.config.layers * perLayer + 11 * changes
}

/** Names everything that decides a step's graph: steps of equal structure differ in the values of leaves alone. */
export function stepStructure(layout: StepLayout, cache: KvCache): string {
  const { attention, lora, longs } = layout
  const runKeys = runLengths(layout).map((length) => keysRead(cache, length))
  return [
    layout.total,
    layout.outputRows.length,
    layout.hidden,
    attention.rowsBySlot !== null,
    attention.runs.map(({ slot, count }, index) => `${slot}+${count}:${runKeys[index]}`).join(),
    longs.map((placed) => `${placed.step.slot}+${placed.step.tokens.length}:${keysRead(cache, lengthAfter(placed))}`).join(),
    lora.runs.map(({ slab, slot, span, row, count }) => `${slab.id}.${slot}+${span}@${row}+${count}`).join(),
    lora.segments.map(({ adapter, weight, row, count }) => `${adapter.slab.id}.${adapter.slot}*${weight}@${row}+${count}`).join(),
  ].join('|')
}

/** For each attention run, the longest of its sequences after the step. */
function runLengths({ attention }: StepLayout): number[] {
  return attention.runs.map(({ at, count }) => Math.max(...attention.bySlot.slice(at, at + count).map(lengthAfter)))
}

/**
 * Builds the graph of one step: all sequences, prefill and decode alike, with their adapters, in one forward pass.
 * Llama family: RMS norm, rotary positions, grouped-query attention, gated feed-forward.
 */
export function buildStep(context: TensorContext, capacity: number, model: Model, cache: KvCache, layout: StepLayout): StepGraph {
  const { ops } = context
  const { config, weights } = model
  const { heads, kvHeads, headWidth, normEpsilon, rope } = config
  const { total } = layout
  const { attentionRows } = traitsOf(model.backend)
  const graph = context.graph(capacity)
  const rowNumbers = (count: number, name: string): Tensor => context.tensor(TensorType.I32, [count], name).asInput()
  const tokens = rowNumbers(total, 'tokens')
  const positions = rowNumbers(total, 'positions')
  const cells = rowNumbers(total, 'cells')
  const outputRows = rowNumbers(layout.outputRows.length, 'output_rows')
  const mask = (rows: number, length: number): StepMask => {
    const keys = keysRead(cache, length)
    return { keys, tensor: context.tensor(TensorType.F16, [keys, rows], 'mask').asInput() }
  }
  const lengths = runLengths(layout)
  const runMasks = layout.attention.runs.map((run, index) => mask(runMaskRows(run), lengths[index]!))
  const longMasks = layout.longs.map((placed) => mask(placed.step.tokens.length, lengthAfter(placed)))
  const count = layout.singles.length
  const padded = count === 1 && layout.longs.length === 0
  const bySlot = layout.attention.rowsBySlot && { gather: rowNumbers(count, 'by_slot'), scatter: rowNumbers(count, 'by_row') }
  const runRows = layout.lora.runs.map((run): RunRows | null => {
    if (run.arrangement === 'gathered') return { slots: context.tensor(TensorType.I32, [1, run.count], 'run_slots').asInput() }
    return run.span === run.count ? null : { gather: rowNumbers(run.span, 'run_gather'), scatter: rowNumbers(run.count, 'run_scatter') }
  })
  const linear = new StepLinear(context, { runs: layout.lora.runs.map((run, index) => ({ run, rows: runRows[index]! })), segments: layout.lora.segments })
  const rotate = (x: Tensor): Tensor =>
    ops.ropeExt(x, positions, weights.ropeFactors, rope.dimensions, rope.style === 'neox' ? 2 : 0, 0, rope.base, rope.scale, 0, 1, 32, 1)
  const normed = (x: Tensor, weight: Tensor): Tensor => ops.mul(ops.rmsNorm(x, normEpsilon), weight)

  const attend = (layer: LayerCache, queries: Tensor): Tensor => {
    const pieces = layout.longs.flatMap((placed, index) => attendLong(context, layer, placed, queries, longMasks[index]!.keys, longMasks[index]!.tensor))
    if (count > 0) {
      const ordered = bySlot ? ops.getRows(queries, bySlot.gather) : queries
      const runs = layout.attention.runs.map((run, index) => ({ piece: attendRun(context, layer, run, ordered, runMasks[index]!.keys, runMasks[index]!.tensor, padded), row: run.at }))
      if (!bySlot) pieces.push(...runs)
      else pieces.push({ piece: ops.getRows(joinRows(context, ordered, runs), bySlot.scatter), row: 0 })
    }
    return joinRows(context, queries, pieces)
  }

  let x = ops.getRows(weights.tokenEmbedding, tokens)
  weights.layers.forEach((layer, index) => {
    const module = (name: Parameters<StepLinear['apply']>[2], input: Tensor): Tensor => linear.apply(layer, index, name, input)
    const input = normed(x, layer.attentionNorm)
    let q = ops.reshape3d(module('attn_q', input), headWidth, heads, total)
    let k = ops.reshape3d(module('attn_k', input), headWidth, kvHeads, total)
    const v = module('attn_v', input)
    if (layer.queryNorm) q = normed(q, layer.queryNorm)
    if (layer.keyNorm) k = normed(k, layer.keyNorm)
    const queries = ops.reshape2d(rotate(q), heads * headWidth, total)
    k = ops.reshape2d(rotate(k), kvHeads * headWidth, total)
    storeKeysAndValues(context, graph, cache, index, cells, k, v)
    x = ops.add(x, module('attn_output', attend({ config, cache, layer: index, mostRows: attentionRows }, queries)))
    const inner = normed(x, layer.feedForwardNorm)
    x = ops.add(x, module('ffn_down', ops.swigluSplit(module('ffn_gate', inner), module('ffn_up', inner))))
  })
  const last = normed(ops.getRows(x, outputRows), weights.outputNorm)
  const hidden = layout.hidden ? last.named('hidden').asOutput() : null
  const logits = ops.mulMat(weights.output, last).named('logits').asOutput()
  graph.expand(logits)
  return { graph, tokens, positions, cells, outputRows, runMasks, longMasks, bySlot, runRows, logits, hidden }
}
