import { type Graph, type Tensor, type TensorContext, TensorType } from '@openledger/tensor'
import type { Model } from '../model/Model.ts'
import { attention, attentionRows, keysRead, type SequenceMask, storeKeysAndValues } from './attention.ts'
import type { KvCache } from './KvCache.ts'
import { linear } from './linear.ts'
import type { StepLayout } from './StepPlan.ts'

/** The leaves of a step's graph that are filled in before it runs, and its result. */
export type StepGraph = {
  graph: Graph
  tokens: Tensor
  positions: Tensor
  outputRows: Tensor
  masks: SequenceMask[]
  /** [vocabulary, output rows] F32 */
  logits: Tensor
}

/** An upper bound for the tensors of a step's graph. */
export function stepTensors(model: Model, layout: StepLayout): number {
  const perLayer = 40 + 7 * 8 * layout.segments.length + 20 * layout.sequences.length
  return 32 + layout.sequences.length + model.config.layers * perLayer
}

/**
 * Builds the graph of one step: all sequences, prefill and decode alike, with their adapters, in one forward pass.
 * Llama family: RMS norm, rotary positions, grouped-query attention, gated feed-forward.
 */
export function buildStep(context: TensorContext, capacity: number, model: Model, cache: KvCache, layout: StepLayout): StepGraph {
  const { ops } = context
  const { config, weights } = model
  const { heads, kvHeads, headWidth, normEpsilon, rope } = config
  const total = layout.tokens.length
  const graph = context.graph(capacity)
  const tokens = context.tensor(TensorType.I32, [total], 'tokens').asInput()
  const positions = context.tensor(TensorType.I32, [total], 'positions').asInput()
  const outputRows = context.tensor(TensorType.I32, [layout.outputRows.length], 'output_rows').asInput()
  const masks = layout.sequences.map((placed): SequenceMask => {
    const { start, rows } = attentionRows(placed, total)
    const keys = keysRead(placed)
    return { placed, start, rows, keys, tensor: context.tensor(TensorType.F32, [keys, rows], 'mask').asInput() }
  })
  const rotate = (x: Tensor): Tensor =>
    ops.ropeExt(x, positions, weights.ropeFactors, rope.dimensions, rope.style === 'neox' ? 2 : 0, 0, rope.base, rope.scale, 0, 1, 32, 1)
  const normed = (x: Tensor, weight: Tensor): Tensor => ops.mul(ops.rmsNorm(x, normEpsilon), weight)

  let x = ops.getRows(weights.tokenEmbedding, tokens)
  weights.layers.forEach((layer, index) => {
    const module = (name: Parameters<typeof linear>[3], input: Tensor): Tensor => linear(context, layer, index, name, input, layout.segments)
    const input = normed(x, layer.attentionNorm)
    let q = ops.reshape3d(module('attn_q', input), headWidth, heads, total)
    let k = ops.reshape3d(module('attn_k', input), headWidth, kvHeads, total)
    const v = module('attn_v', input)
    if (layer.queryNorm) q = normed(q, layer.queryNorm)
    if (layer.keyNorm) k = normed(k, layer.keyNorm)
    q = rotate(q)
    k = ops.reshape2d(rotate(k), kvHeads * headWidth, total)
    storeKeysAndValues(context, graph, cache, index, layout, k, v)
    x = ops.add(x, module('attn_output', attention(context, config, cache, index, masks, q)))
    const inner = normed(x, layer.feedForwardNorm)
    x = ops.add(x, module('ffn_down', ops.swigluSplit(module('ffn_gate', inner), module('ffn_up', inner))))
  })
  const last = normed(ops.getRows(x, outputRows), weights.outputNorm)
  const logits = ops.mulMat(weights.output, last).named('logits').asOutput()
  graph.expand(logits)
  return { graph, tokens, positions, outputRows, masks, logits }
}
