import type { ParameterLayout } from './parameterLayout.ts'

/** A parameter under its GGUF name; `shape` in ggml order (innermost first), `data` F32 and a view of the flat array. */
export type NamedTensor = { name: string; shape: number[]; data: Float32Array }

/** The named tensors of a flat parameter array, ready for a GGUF file. */
export function namedTensors(layout: ParameterLayout, weights: Float32Array): NamedTensor[] {
  return layout.slots.map((slot) => ({ name: slot.name, shape: slot.shape, data: weights.subarray(slot.offset, slot.offset + slot.size) }))
}
