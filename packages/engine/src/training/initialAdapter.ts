import type { LoraLayout } from './LoraLayout.ts'
import { Random } from './Random.ts'

/** Starting weights of an adapter: A uniform in ±1/√input (PEFT's default), B zero, so that the adapter starts as nothing. */
export function initialAdapter(layout: LoraLayout, seed: number): Float32Array {
  const weights = new Float32Array(layout.size)
  layout.slots.forEach((slot, index) => {
    const random = new Random(seed, index + 1)
    const bound = 1 / Math.sqrt(slot.input)
    for (let i = slot.offsetA; i < slot.offsetB; i++) weights[i] = (2 * random.uniform() - 1) * bound
  })
  return weights
}
