import type { ModelConfig } from '../model/ModelConfig.ts'
import type { LinearModule } from '../model/weightShapes.ts'

/**
 * Where each output row of a module stands in Hugging Face's order, by GGUF row; null when both orders are the same.
 * GGUF files of the `llama` architecture keep the two halves of each query and key head interleaved.
 */
export function rotaryOrder(config: ModelConfig, module: LinearModule): Uint32Array | null {
  if (config.rope.style !== 'norm' || (module !== 'attn_q' && module !== 'attn_k')) return null
  const heads = module === 'attn_q' ? config.heads : config.kvHeads
  const half = config.headWidth / 2
  const order = new Uint32Array(heads * config.headWidth)
  for (let head = 0; head < heads; head++) {
    for (let pair = 0; pair < half; pair++) {
      for (let side = 0; side < 2; side++) {
        order[head * config.headWidth + 2 * pair + side] = head * config.headWidth + side * half + pair
      }
    }
  }
  return order
}

/** Rows taken from the places that `order` names: result row i is source row order[i]. */
export function gatherRows(source: Float32Array, rowLength: number, order: Uint32Array | null): Float32Array {
  if (!order) return source
  const target = new Float32Array(source.length)
  // Rows are as short as a rank: copying value by value is faster than making a view of each.
  for (let row = 0, to = 0; row < order.length; row++) {
    const from = order[row]! * rowLength
    for (let index = 0; index < rowLength; index++) target[to++] = source[from + index]!
  }
  return target
}

/** The inverse of `gatherRows`: source row i goes to place order[i]. */
export function scatterRows(source: Float32Array, rowLength: number, order: Uint32Array | null): Float32Array {
  if (!order) return source
  const target = new Float32Array(source.length)
  for (let row = 0, from = 0; row < order.length; row++) {
    const to = order[row]! * rowLength
    for (let index = 0; index < rowLength; index++) target[to + index] = source[from++]!
  }
  return target
}
