import { TensorType } from '@openledger/tensor'
import type { LinearFactory } from './GraphBuild.ts'

/** Linear map with a trained F32 weight [in, out]: y = W x, dx = Wᵀ dy, dW = x ⊗ dy. */
export const denseLinear: LinearFactory = (build, name, x) => {
  const { ops } = build
  const weight = build.weight(name)
  const used = build.precision === 'bf16' ? ops.cast(weight, TensorType.BF16) : weight
  return {
    output: ops.mulMat(used, x),
    backward: (gradient, needsInput) => {
      build.gradient(name, build.outer(x, gradient))
      return needsInput ? ops.mulMat(build.transposed(weight), gradient) : undefined
    },
  }
}
