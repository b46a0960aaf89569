import type { Tensor } from '@openledger/tensor'
import type { GraphBuild, Stage } from './GraphBuild.ts'
import { normStage } from './normStage.ts'

/**
 * Causal grouped-query attention with rotary positions, x [dim, T] → [dim, T], T = length · rows, or as many tokens as are distinct.
 * Query head h reads key/value head ⌊h / (heads / kvHeads)⌋; the queries of one group are laid side by side in the backward
 * pass, so that the sums over a group are part of one product.
 */
export function attentionStage(
  build: GraphBuild,
  block: string,
  x: Tensor,
): { output: Tensor; backward: (gradient: Tensor, needsInput: boolean) => Tensor | undefined } {
  const { ops, shape, batch } = build
  const { heads, kvHeads, headDim } = shape
  const { length, rows } = batch
  const shared = heads / kvHeads
  const scale = 1 / Math.sqrt(headDim)
  const factors = build.has('rope_freqs.weight') ? build.weight('rope_freqs.weight') : null
  const mode = shape.ropeStyle === 'neox' ? 2 : 0
  const turn = (t: Tensor) =>
    ops.ropeExt(t, build.positions, factors, shape.ropeDimensions, mode, shape.ctx, shape.ropeTheta, shape.ropeScale, 0, 1, 32, 1)
  const turnBack = (t: Tensor) =>
    ops.ropeExtBack(t, build.positions, factors, shape.ropeDimensions, mode, shape.ctx, shape.ropeTheta, shape.ropeScale, 0, 1, 32, 1)
  const byHead = (t: Tensor, count: number) => ops.reshape4d(t, headDim, count, length, rows)
  /** [headDim, heads, length, rows] ↔ [headDim, length, heads, rows]. */
  const swap = (t: Tensor) => ops.cont(ops.permute(t, 0, 2, 1, 3))
  const flat = (t: Tensor, count: number) => ops.reshape2d(t, headDim * count, length * rows)

  const qMap = build.linear(build, `${block}attn_q.weight`, x)
  const kMap = build.linear(build, `${block}attn_k.weight`, x)
  const vMap = build.linear(build, `${block}attn_v.weight`, x)
  const [qs, ks, vs] = [qMap, kMap, vMap].map(({ output }) => build.spread(output))
  const qNorm = headNorm(build, `${block}attn_q_norm.weight`, byHead(qs.output, heads))
  const kNorm = headNorm(build, `${block}attn_k_norm.weight`, byHead(ks.output, kvHeads))
  const q = swap(turn(qNorm.output))
  const k = swap(turn(kNorm.output))
  const v = swap(byHead(vs.output, kvHeads))
  const weights = ops.softMaxExt(ops.mulMat(k, q), build.mask, scale, 0)
  const mixed = build.pick(flat(swap(ops.mulMat(build.transposed(v), weights)), heads))
  const outMap = build.linear(build, `${block}attn_output.weight`, mixed.output)

  /** [·, length, heads, rows] → [·, length · shared, kvHeads, rows]. */
  const grouped = (t: Tensor) => ops.reshape4d(t, t.shape[0], length * shared, kvHeads, rows)
  return {
    output: outMap.output,
    backward: (gradient, needsInput) => {
      const dMixed = swap(byHead(mixed.backward(outMap.backward(gradient, true)!), heads))
      const dWeights = ops.mulMat(v, dMixed)
      const dV = build.outer(grouped(dMixed), grouped(weights))
      const dScores = ops.softMaxExtBack(dWeights, weights, scale, 0)
      const dQ = ops.mulMat(build.transposed(k), dScores)
      const dK = build.outer(grouped(q), grouped(dScores))
      const parts = [
        qMap.backward(qs.backward(flat(qNorm.backward(turnBack(swap(dQ))), heads)), needsInput),
        kMap.backward(ks.backward(flat(kNorm.backward(turnBack(swap(dK))), kvHeads)), needsInput),
        vMap.backward(vs.backward(flat(swap(dV), kvHeads)), needsInput),
      ]
      return parts.reduce((sum, part) => (sum && part ? ops.add(sum, part) : undefined))
    },
  }
}

/** The norm that some models put on each query and key head; nothing where the model has none. */
function headNorm(build: GraphBuild, name: string, x: Tensor): Stage {
  return build.has(name) ? normStage(build, name, x) : { output: x, backward: (gradient) => gradient }
}
