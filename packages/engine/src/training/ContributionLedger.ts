import type { AdamW } from './AdamW.ts'

/**
 * Splits every AdamW update exactly among the contributors whose gradients made it.
 *
 * AdamW divides the first moment, which is linear in the gradients, by a preconditioner that all contributors share. So with
 * one first moment m_a per contributor, r_a = Σ_t −lr_t·m̂_{a,t} / (√(v̂_t + epsRoot) + eps), and Σ_a r_a is the whole movement
 * θ_T − θ_0 but for the weight decay, which is kept in `decay`. This is a first-order influence along the real trajectory in the
 * sense of TracIn (Pruthi et al. 2020) and In-Run Data Shapley (Wang et al. 2024), with the optimiser's own preconditioner.
 */
export class ContributionLedger {
  /** r_a per contributor, flat over the parameters. */
  readonly contributions: Float32Array[]
  /** Movement by weight decay. */
  readonly decay: Float32Array
  /** First moments per contributor. */
  readonly moments: Float32Array[]
  private readonly inverse: Float64Array

  constructor(contributors: number, size: number) {
    this.contributions = Array.from({ length: contributors }, () => new Float32Array(size))
    this.moments = Array.from({ length: contributors }, () => new Float32Array(size))
    this.decay = new Float32Array(size)
    this.inverse = new Float64Array(size)
  }

  /**
   * Books the update that `optimizer.step(theta, …, learningRate, scale)` has just made.
   * @param gradients per contributor, their sum being the gradient of the step; undefined for those absent from this step
   * @param before theta before the step (for the decay part); may be undefined when weightDecay is 0
   */
  book(optimizer: AdamW, gradients: (Float32Array | undefined)[], learningRate: number, scale: number, before?: Float32Array): void {
    const { beta1, beta2, eps, epsRoot, weightDecay } = optimizer.options
    const correct1 = learningRate / (1 - beta1 ** optimizer.steps)
    const correct2 = 1 / (1 - beta2 ** optimizer.steps)
    const { inverse } = this
    const second = optimizer.second
    for (let i = 0; i < inverse.length; i++) inverse[i] = correct1 / (Math.sqrt(second[i] * correct2 + epsRoot) + eps)
    const keep = (1 - beta1) * scale
    for (let a = 0; a < this.moments.length; a++) {
      const m = this.moments[a]
      const r = this.contributions[a]
      const g = gradients[a]
      if (g === undefined) {
        for (let i = 0; i < m.length; i++) r[i] -= (m[i] = beta1 * m[i]) * inverse[i]
      } else {
        for (let i = 0; i < m.length; i++) r[i] -= (m[i] = beta1 * m[i] + keep * g[i]) * inverse[i]
      }
    }
    if (weightDecay !== 0 && before !== undefined) {
      const decay = learningRate * weightDecay
      for (let i = 0; i < before.length; i++) this.decay[i] -= decay * before[i]
    }
  }
}
