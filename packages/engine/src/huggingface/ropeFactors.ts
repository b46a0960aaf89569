import { fail } from '@openledger/protocol'
import type { JsonObject } from './JsonObject.ts'

/**
 * The numbers by which Llama 3.1's long-context scaling divides each rotary frequency: 1 for short wave lengths, `factor` for long ones,
 * and a smooth passage between. One per pair of coordinates.
 * Source of the formula: the `llama3` rope type as published with the Llama 3.1 configuration (factor, low_freq_factor, high_freq_factor,
 * original_max_position_embeddings).
 * @param base theta of the rotary embedding @param dimensions coordinates of each head that turn
 * @throws InputError `MODEL_FOLDER`
 */
export function llama3RopeFactors(scaling: JsonObject, base: number, dimensions: number): Float32Array {
  const factor = scaling.number('factor')
  const low = scaling.number('low_freq_factor')
  const high = scaling.number('high_freq_factor')
  const original = scaling.number('original_max_position_embeddings')
  if (!(factor >= 1) || !(low > 0) || !(high > low) || !(original > 0)) fail('MODEL_FOLDER', `${scaling.source} holds factors that do not fit together`, { field: 'rope_scaling' })
  return Float32Array.from({ length: dimensions / 2 }, (_, pair) => {
    const waveLength = 2 * Math.PI * base ** ((2 * pair) / dimensions)
    if (waveLength < original / high) return 1
    if (waveLength > original / low) return factor
    const smooth = (original / waveLength - low) / (high - low)
    return 1 / ((1 - smooth) / factor + smooth)
  })
}
