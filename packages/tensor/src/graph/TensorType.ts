/** Element types by ggml's own numbers (the same numbers stand in GGUF files). */
export const TensorType = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q5_0: 6,
  Q5_1: 7,
  Q8_0: 8,
  Q2_K: 10,
  Q3_K: 11,
  Q4_K: 12,
  Q5_K: 13,
  Q6_K: 14,
  I8: 24,
  I16: 25,
  I32: 26,
  I64: 27,
  F64: 28,
  BF16: 30,
} as const

export type TensorType = (typeof TensorType)[keyof typeof TensorType]

/** Name of a type, e.g. `Q8_0`, or undefined for a number that is not in the table. */
export function tensorTypeName(type: number): keyof typeof TensorType | undefined {
  for (const [name, number] of Object.entries(TensorType)) if (number === type) return name as keyof typeof TensorType
  return undefined
}
