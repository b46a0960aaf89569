import type { Tensor } from '@openledger/tensor'
import { TensorType } from '@openledger/tensor'
import type { GraphBuild } from './GraphBuild.ts'

/** What the loss takes besides the last hidden state. */
export type LossInputs = {
  /** I32 [S], the positions that are supervised; undefined when all are, in order. */
  rows: Tensor | undefined
  /** I32 [S], s · vocab + target of supervised position s. */
  targets: Tensor
  /** F32 [1, S], the weight of each position's loss; 0 for padding. */
  weights: Tensor
}

/**
 * LM head, softmax and cross entropy on the supervised positions only.
 * The gradient of the logits is p − onehot(target), made in place by one scatter; the weights enter behind the head.
 * `probability` [1, S] is p(target): the loss is Σ −weight·ln p.
 */
export function lossStage(build: GraphBuild, hidden: Tensor, inputs: LossInputs): { probability: Tensor; backward: () => Tensor } {
  const { ops, shape } = build
  const count = inputs.targets.shape[0]
  const name = shape.tied ? 'token_embd.weight' : 'output.weight'
  const head = build.weight(name)
  const selected = inputs.rows === undefined ? hidden : ops.getRows(hidden, inputs.rows)
  const narrow = build.precision === 'bf16' && head.type === TensorType.F32
  const p = ops.softMax(ops.mulMat(narrow ? ops.cast(head, TensorType.BF16) : head, selected))
  const flat = ops.reshape2d(p, 1, shape.vocab * count)
  const probability = ops.getRows(flat, inputs.targets).asOutput()
  return {
    probability,
    backward: () => {
      const scattered = ops.setRows(flat, ops.scaleBias(probability, 1, -1), inputs.targets)
      const dLogits = ops.reshape2d(scattered, shape.vocab, count)
      const turned = build.trainsAll ? build.transposed(head) : build.weight(`${name}.transposed`)
      if (build.trainsAll) build.gradient(name, build.outer(ops.mul(selected, inputs.weights), dLogits))
      const dSelected = ops.mul(ops.mulMat(turned, dLogits), inputs.weights)
      return inputs.rows === undefined ? dSelected : ops.getRowsBack(dSelected, inputs.rows, hidden)
    },
  }
}
