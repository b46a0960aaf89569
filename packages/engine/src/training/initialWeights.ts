import type { FullShape } from './ModelShape.ts'
import type { ParameterLayout } from './parameterLayout.ts'
import { Random } from './Random.ts'

/**
 * Draws starting weights: norms 1, matrices N(0, 0.49 / in), the embedding N(0, 0.25 / dim), and the two projections
 * that write into the residual stream divided by √(2·layers) (the GPT-2 rule).
 * Returns a new flat array in the order of the layout, owned by the caller.
 */
export function initialWeights(shape: FullShape, layout: ParameterLayout, seed: number): Float32Array {
  const weights = new Float32Array(layout.size)
  const residual = 1 / Math.sqrt(2 * shape.layers)
  layout.slots.forEach((slot, index) => {
    const part = weights.subarray(slot.offset, slot.offset + slot.size)
    if (slot.shape.length === 1) {
      part.fill(1)
      return
    }
    const random = new Random(seed, index + 1)
    let std = (slot.name === 'token_embd.weight' ? 0.5 : 0.7) / Math.sqrt(slot.shape[0])
    if (slot.name.endsWith('attn_output.weight') || slot.name.endsWith('ffn_down.weight')) std *= residual
    for (let i = 0; i < part.length; i++) part[i] = random.normal() * std
  })
  return weights
}
