import { fail } from '@openledger/protocol'

/**
 * Where an answer's gradient is taken: at θ − (1 − t)·movement for each point t, on the straight way that training went. At the end of
 * that way alone the gradient of a well learnt answer is almost zero; its mean along the way is not.
 */
export type GradientPath = {
  /** What training added to the adapter's parameters, flat in canonical order. */
  movement: Float32Array
  /** Points t in parts per million. */
  points: readonly number[]
}

/** The parameters at each point of a path that ends in `tuned`; `tuned` is not changed. */
export function pathWeights(tuned: Float32Array, { movement, points }: GradientPath): Float32Array[] {
  if (movement.length !== tuned.length || points.length === 0) {
    fail('GRADIENT_PATH', `the path has ${movement.length} parameters and ${points.length} points, the adapter ${tuned.length} parameters`, { field: 'path' })
  }
  return points.map((point) => {
    const back = (1_000_000 - point) / 1_000_000
    return Float32Array.from(tuned, (weight, i) => weight - back * movement[i])
  })
}

/** The mean of gradients, summed in their order in double precision and rounded once. */
export function meanGradient(gradients: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(gradients[0].length)
  for (const gradient of gradients) for (let i = 0; i < sum.length; i++) sum[i] += gradient[i]
  return Float32Array.from(sum, (value) => value / gradients.length)
}
