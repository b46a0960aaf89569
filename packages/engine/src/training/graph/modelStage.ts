import type { Tensor } from '@openledger/tensor'
import { attentionStage } from './attentionStage.ts'
import { feedForwardStage } from './feedForwardStage.ts'
import type { GraphBuild, Stage } from './GraphBuild.ts'
import { lossStage, type LossInputs } from './lossStage.ts'
import { normStage } from './normStage.ts'

type Block = { attentionNorm: Stage; attention: ReturnType<typeof attentionStage>; feedNorm: Stage; feed: Stage }

/**
 * The whole Llama-family model, forward and backward: token ids I32 [T] → p(target) [1, S].
 * `backward()` adds the nodes of all gradients to `build.gradients`; `hidden` [width, T] is what the head reads.
 */
export function modelStage(build: GraphBuild, tokens: Tensor, inputs: LossInputs): { probability: Tensor; hidden: Tensor; backward: () => void } {
  const { ops, shape } = build
  const table = build.weight('token_embd.weight')
  let x = ops.getRows(table, tokens)
  const blocks: Block[] = []
  for (let i = 0; i < shape.layers; i++) {
    const name = `blk.${i}.`
    const attentionNorm = normStage(build, `${name}attn_norm.weight`, x)
    const attention = attentionStage(build, name, attentionNorm.output)
    const middle = ops.add(x, attention.output)
    const feedNorm = normStage(build, `${name}ffn_norm.weight`, middle)
    const feed = feedForwardStage(build, name, feedNorm.output)
    x = ops.add(middle, feed.output)
    blocks.push({ attentionNorm, attention, feedNorm, feed })
  }
  const lastNorm = normStage(build, 'output_norm.weight', x)
  const loss = lossStage(build, lastNorm.output, inputs)
  return {
    probability: loss.probability,
    hidden: lastNorm.output.asOutput(),
    backward: () => {
      let gradient = lastNorm.backward(loss.backward())
      for (let i = blocks.length - 1; i >= 0; i--) {
        const { attentionNorm, attention, feedNorm, feed } = blocks[i]
        gradient = ops.add(gradient, feedNorm.backward(feed.backward(gradient)))
        const needsInput = build.trainsAll || i > 0
        const inner = attention.backward(gradient, needsInput)
        if (inner === undefined) return
        gradient = ops.add(gradient, attentionNorm.backward(inner))
      }
      const dTable = ops.getRowsBack(gradient, tokens, table)
      const fromHead = build.gradients.get('token_embd.weight')
      build.gradient('token_embd.weight', fromHead ? ops.add(fromHead, dTable) : dTable)
    },
  }
}
