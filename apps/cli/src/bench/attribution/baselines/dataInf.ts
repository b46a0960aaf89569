import type { Dense } from './gram.ts'

/** One matrix of the adapter: its number of parameters, inner products among the examples, and of queries with examples. */
export type BlockProducts = { size: number; train: Dense; cross: Dense }

/**
 * DataInf (Kwon et al. 2024): per matrix, the mean of the inverses of (g_i g_iᵀ + λI) stands for the inverse of their mean, so
 * score(q, k) = Σ_l 1/λ_l [ ⟨g_q, g_k⟩ − 1/n Σ_i ⟨g_q, g_i⟩⟨g_i, g_k⟩ / (λ_l + ‖g_i‖²) ].
 * λ_l = `damping` · mean ‖g_i‖² / size, the paper's choice being 0.1.
 */
export function dataInf(blocks: readonly BlockProducts[], damping: number): Float64Array[] {
  const { rows: queries, columns: n } = blocks[0].cross
  const out = Array.from({ length: queries }, () => new Float64Array(n))
  for (const { size, train, cross } of blocks) {
    let trace = 0
    for (let i = 0; i < n; i++) trace += train.data[i * n + i]
    const lambda = (damping * trace) / (n * size)
    if (!(lambda > 0)) continue
    const corrected = new Float64Array(n)
    out.forEach((row, q) => {
      corrected.fill(0)
      for (let i = 0; i < n; i++) {
        const weight = cross.data[q * n + i] / (lambda + train.data[i * n + i])
        for (let k = 0; k < n; k++) corrected[k] += weight * train.data[i * n + k]
      }
      for (let k = 0; k < n; k++) row[k] += (cross.data[q * n + k] - corrected[k] / n) / lambda
    })
  }
  return out
}
