import type { LinearFactory } from '../graph/GraphBuild.ts'
import { loraLinear } from '../graph/loraLinear.ts'

/** The second moments that a map with an update hands out, by suffix of its name. */
export const factorNames = ['inputs', 'inner_gradients', 'inner', 'output_gradients'] as const

/**
 * The linear map of `loraLinear`, which hands out uncentred second moments over the tokens of the batch instead of gradients: of the input x
 * and of the gradient of A x [rank] (the Kronecker factors of A's Fisher), of s·A x [rank] and of the output's gradient (those of B's).
 */
export function factorLinear(scales: ReadonlyMap<string, number>): LinearFactory {
  const plain = loraLinear(scales)
  return (build, name, x) => {
    const stage = plain(build, name, x)
    const scale = scales.get(name)
    if (scale === undefined) return stage
    const { ops } = build
    const inner = ops.scale(ops.mulMat(build.weight(`${name}.lora_a`), x), scale)
    return {
      output: stage.output,
      backward: (gradient, needsInput) => {
        const innerGradient = ops.scale(ops.mulMat(build.weight(`${name}.lora_b`), gradient), scale)
        const moments = [x, innerGradient, inner, gradient]
        const before = new Map(build.gradients)
        const back = stage.backward(gradient, needsInput)
        for (const key of [...build.gradients.keys()]) if (!before.has(key)) build.gradients.delete(key)
        factorNames.forEach((suffix, i) => build.gradient(`${name}.${suffix}`, build.outer(moments[i], moments[i])))
        return back
      },
    }
  }
}
