import type { LinearFactory } from './GraphBuild.ts'

/**
 * Linear map with a frozen weight W and a trained low-rank update: y = W x + s·B(A x) (Hu et al. 2021).
 * dx = Wᵀ dy + s·Aᵀ(Bᵀ dy), dA = s·(Bᵀ dy) ⊗ x, dBᵀ = dy ⊗ s·(A x); Wᵀ is a stored second copy.
 * A is [in, r], B is [r, out] (ggml order). Gradients come out per group: `name.lora_a` [in, r, groups] and
 * `name.lora_b` [out, r, groups], the second one transposed.
 * @param scales s by the name of each map that carries an update; the others stay plain
 */
export function loraLinear(scales: ReadonlyMap<string, number>): LinearFactory {
  return (build, name, x) => {
    const { ops, batch } = build
    const bias = name.replace(/weight$/, 'bias')
    const product = ops.mulMat(build.weight(name), x)
    const plain = build.has(bias) ? ops.add(product, build.weight(bias)) : product
    const turned = () => build.weight(`${name}.transposed`)
    const scale = scales.get(name)
    if (scale === undefined) return { output: plain, backward: (gradient, needsInput) => (needsInput ? ops.mulMat(turned(), gradient) : undefined) }
    const a = build.weight(`${name}.lora_a`)
    const b = build.weight(`${name}.lora_b`)
    const inner = ops.scale(ops.mulMat(a, x), scale)
    const split = (t: typeof x) => ops.reshape3d(t, t.shape[0], t.shape[1] / batch.groups, batch.groups)
    return {
      output: ops.add(plain, ops.mulMat(b, inner)),
      backward: (gradient, needsInput) => {
        const dInner = ops.scale(ops.mulMat(ops.cont(ops.transpose(b)), gradient), scale)
        build.gradient(`${name}.lora_a`, ops.outProd(split(x), split(dInner)))
        build.gradient(`${name}.lora_b`, ops.outProd(split(gradient), split(inner)))
        if (!needsInput) return undefined
        return ops.add(ops.mulMat(turned(), gradient), ops.mulMat(ops.cont(ops.transpose(a)), dInner))
      },
    }
  }
}
