import { dotRange } from './gram.ts'

/** The optimiser's state at one checkpoint. */
export type AdamState = { first: Float32Array; second: Float32Array; steps: number }

export type AdamConstants = { beta1: number; beta2: number; eps: number; epsRoot: number }

/** The update that Adam would make next on one gradient, but for sign and learning rate (LESS, Xia et al. 2024, equation 4). */
export function adamDirection(gradient: Float32Array, { first, second, steps }: AdamState, { beta1, beta2, eps, epsRoot }: AdamConstants): Float32Array {
  const correct1 = (1 - beta1) / (1 - beta1 ** (steps + 1))
  const carried1 = beta1 / (1 - beta1 ** (steps + 1))
  const correct2 = (1 - beta2) / (1 - beta2 ** (steps + 1))
  const carried2 = beta2 / (1 - beta2 ** (steps + 1))
  const out = new Float32Array(gradient.length)
  for (let i = 0; i < out.length; i++) {
    const g = gradient[i]
    out[i] = (carried1 * first[i] + correct1 * g) / (Math.sqrt(carried2 * second[i] + correct2 * g * g + epsRoot) + eps)
  }
  return out
}

/** The gradient divided by the root of the optimiser's second moments. */
export function adamScaled(gradient: Float32Array, { second, steps }: AdamState, { beta2, eps, epsRoot }: AdamConstants): Float32Array {
  const correct = 1 / (1 - beta2 ** steps)
  return gradient.map((g, i) => g / (Math.sqrt(second[i] * correct + epsRoot) + eps))
}

/** Brings rows to unit length, in place. */
export function normalizeRows(rows: readonly Float32Array[]): void {
  for (const row of rows) {
    const size = Math.sqrt(dotRange(row, row, 0, row.length))
    if (size > 0) for (let i = 0; i < row.length; i++) row[i] /= size
  }
}
