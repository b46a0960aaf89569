import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { Dense } from './gram.ts'

/** Queries × examples, and for each example gᵀ(F + λI)⁻¹g. */
export type Preconditioned = { scores: Float64Array[]; sizes: Float64Array }

/**
 * g_qᵀ (F + λI)⁻¹ g_i with the exact empirical Fisher F = 1/n Σ g_i g_iᵀ over all parameters, which is what LoGra (Choe et al. 2024)
 * approximates by projection. With K = GGᵀ and C = G_q Gᵀ it is C (λI + K/n)⁻¹ exactly (push-through identity), so nothing of the size
 * of the parameters is inverted.
 * @param damping λ over the mean eigenvalue of K/n
 */
export function empiricalFisher(train: Dense, cross: Dense, damping: number): Preconditioned {
  const n = train.rows
  let trace = 0
  for (let i = 0; i < n; i++) trace += train.data[i * n + i] / n
  const lambda = (damping * trace) / n
  const system = new Matrix(n, n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) system.set(i, j, train.data[i * n + j] / n + (i === j ? lambda : 0))
  const inverse = new CholeskyDecomposition(system)
  const right = new Matrix(n, cross.rows)
  for (let q = 0; q < cross.rows; q++) for (let i = 0; i < n; i++) right.set(i, q, cross.data[q * n + i])
  const solved = inverse.solve(right)
  const own = inverse.solve(Matrix.from1DArray(n, n, train.data))
  return {
    scores: Array.from({ length: cross.rows }, (_, q) => Float64Array.from({ length: n }, (_, i) => solved.get(i, q))),
    sizes: Float64Array.from({ length: n }, (_, i) => own.get(i, i)),
  }
}

/**
 * In the manner of TrackStar (Chang et al. 2024): gradients divided by the optimiser's second moments (by the caller), multiplied by the
 * inverse root of their Fisher, and brought to unit length, so that no single example dominates. The query's own length only scales its row.
 */
export function trackStar(train: Dense, cross: Dense, damping: number): Float64Array[] {
  const { scores, sizes } = empiricalFisher(train, cross, damping)
  return scores.map((row) => row.map((score, i) => (sizes[i] > 0 ? score / Math.sqrt(sizes[i]) : 0)))
}
