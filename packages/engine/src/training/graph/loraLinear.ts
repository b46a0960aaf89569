import type { LinearFactory } from './GraphBuild.ts'

/**
 * Linear map with a frozen weight W and a trained low-rank update: y = W x + s·B(A x) (Hu et al. 2021).
 * dx = Wᵀ dy + s·Aᵀ(Bᵀ dy), dA = s·(Bᵀ dy) ⊗ x, dBᵀ = dy ⊗ s·(A x); Wᵀ is a stored second copy.
 * `lora_a` is A [in, r], `lora_b` is Bᵀ [out, r] (ggml order), so that every product reads contiguous rows; the products with
 * the short inner extent r are sums of outer products. Gradients come out per group: [in, r, groups] and [out, r, groups].
 * With several adapters the tokens of each lie side by side, x [in, T · adapters], `lora_a` is [in, r, adapters] and `lora_b`
 * [out, r, adapters]: the frozen weight is multiplied once for all, the low-rank products go adapter by adapter.
 * @param scales s by the name of each map that carries an update; the others stay plain
 */
export function loraLinear(scales: ReadonlyMap<string, number>, adapters = 1): LinearFactory {
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
    const tokens = x.shape[1]
    const split = (t: typeof x, parts: number) => ops.reshape3d(t, t.shape[0], tokens / parts, parts)
    const apart = (t: typeof x) => (adapters === 1 ? t : split(t, adapters))
    const joined = (t: typeof x) => (adapters === 1 ? t : ops.reshape2d(t, t.shape[0], tokens))
    const inner = ops.scale(ops.mulMat(a, apart(x)), scale)
    return {
      output: ops.add(plain, joined(ops.outProd(b, ops.transpose(inner)))),
      backward: (gradient, needsInput) => {
        const dInner = ops.scale(ops.mulMat(b, apart(gradient)), scale)
        build.gradient(`${name}.lora_a`, ops.outProd(split(x, batch.groups), split(dInner, batch.groups)))
        build.gradient(`${name}.lora_b`, ops.outProd(split(gradient, batch.groups), split(inner, batch.groups)))
        if (!needsInput) return undefined
        return ops.add(ops.mulMat(turned(), gradient), joined(ops.outProd(a, ops.transpose(dInner))))
      },
    }
  }
}
