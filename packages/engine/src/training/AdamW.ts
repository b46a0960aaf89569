/** Constants of AdamW. */
export type AdamWOptions = {
  beta1: number
  beta2: number
  /** Added outside the root. */
  eps: number
  /** Added inside the root; 1e-6 or more makes the update smooth in the gradient. */
  epsRoot: number
  /** Decoupled decay: θ ← θ − lr·weightDecay·θ. */
  weightDecay: number
}

/**
 * AdamW with decoupled weight decay, bias correction and `eps_root`
 * (Kingma and Ba 2015; Loshchilov and Hutter 2019; `eps_root` as in Optax).
 * Owns its two moment arrays; `moments()` hands them out for checkpoints.
 */
export class AdamW {
  readonly options: AdamWOptions
  readonly first: Float32Array
  readonly second: Float32Array
  steps = 0
  private readonly decayed: Uint8Array | undefined

  /** @param decayed 1 where weight decay applies; everywhere when absent */
  constructor(size: number, options: AdamWOptions, decayed?: Uint8Array) {
    this.options = options
    this.first = new Float32Array(size)
    this.second = new Float32Array(size)
    this.decayed = decayed
  }

  /**
   * One update of `theta` in place.
   * @param gradient same length as theta; multiplied by `scale` (clipping) on the way in
   */
  step(theta: Float32Array, gradient: Float32Array, learningRate: number, scale = 1): void {
    const { beta1, beta2, eps, epsRoot, weightDecay } = this.options
    this.steps++
    const { first, second, decayed } = this
    const correct1 = 1 / (1 - beta1 ** this.steps)
    const correct2 = 1 / (1 - beta2 ** this.steps)
    const keep1 = 1 - beta1
    const keep2 = 1 - beta2
    const decay = learningRate * weightDecay
    for (let i = 0; i < theta.length; i++) {
      const g = gradient[i] * scale
      const m = (first[i] = beta1 * first[i] + keep1 * g)
      const v = (second[i] = beta2 * second[i] + keep2 * g * g)
      const x = theta[i]
      const shrink = decayed === undefined || decayed[i] === 1 ? decay * x : 0
      theta[i] = x - (learningRate * m * correct1) / (Math.sqrt(v * correct2 + epsRoot) + eps) - shrink
    }
  }
}
