import { denseRows, type Dense } from './gram.ts'

/** GradDot: ⟨g_q, g_i⟩ at the trained parameters (Charpiat et al. 2019). @param cross queries × examples */
export const gradDot = (cross: Dense): Float64Array[] => denseRows(cross)

/** TracIn with checkpoints: Σ_t η_t ⟨g_q(θ_t), g_i(θ_t)⟩ (Pruthi et al. 2020). @param crosses queries × examples per checkpoint */
export function tracIn(crosses: readonly Dense[], rates: readonly number[]): Float64Array[] {
  const { rows, columns } = crosses[0]
  return Array.from({ length: rows }, (_, q) => {
    const out = new Float64Array(columns)
    crosses.forEach(({ data }, t) => {
      for (let i = 0; i < columns; i++) out[i] += rates[t] * data[q * columns + i]
    })
    return out
  })
}
