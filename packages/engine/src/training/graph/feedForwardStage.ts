import type { Tensor } from '@openledger/tensor'
import type { GraphBuild, Stage } from './GraphBuild.ts'

/** SwiGLU feed-forward block: down(silu(gate(x)) ⊙ up(x)), x [dim, T] (Shazeer 2020). */
export function feedForwardStage(build: GraphBuild, block: string, x: Tensor): Stage {
  const { ops } = build
  const gate = build.linear(build, `${block}ffn_gate.weight`, x)
  const up = build.linear(build, `${block}ffn_up.weight`, x)
  const active = ops.silu(gate.output)
  const down = build.linear(build, `${block}ffn_down.weight`, ops.mul(active, up.output))
  return {
    output: down.output,
    backward: (gradient) => {
      const dHidden = down.backward(gradient, true)!
      const dUp = ops.mul(dHidden, active)
      const dGate = ops.siluBack(ops.mul(dHidden, up.output), gate.output)
      return ops.add(gate.backward(dGate, true)!, up.backward(dUp, true)!)
    },
  }
}
