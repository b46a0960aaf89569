import type { Tensor } from '@openledger/tensor'
import type { GraphBuild, Stage } from './GraphBuild.ts'

/** RMSNorm with a learned scale: y = w ⊙ x / √(mean(x²) + eps), x [dim, T] (Zhang and Sennrich 2019). */
export function normStage(build: GraphBuild, name: string, x: Tensor): Stage {
  const { ops } = build
  const weight = build.weight(name)
  const unit = ops.rmsNorm(x, build.shape.rmsEps)
  return {
    output: ops.mul(unit, weight),
    backward: (gradient) => {
      if (build.trainsAll) build.gradient(name, ops.repeatBack(ops.mul(gradient, unit), weight))
      return ops.rmsNormBack(ops.mul(gradient, weight), x, build.shape.rmsEps)
    },
  }
}
