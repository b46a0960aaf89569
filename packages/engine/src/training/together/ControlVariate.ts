import { fail } from '@openledger/protocol'
import { Random } from '../Random.ts'
import type { StepGradients } from '../StepGradients.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import type { CoalitionState } from './CoalitionState.ts'

const stream = 0x4000_0000

/**
 * Estimates a coalition's gradient from a random part S of the batch B and the gradients g_a of the full run by contributor:
 * g_c = Σ_a w_a·g_a(θ) + |B|/|S| · [g_{S,c}(θ_c) − Σ_a w_a·g_{S,a}(θ)], a control variate (as in SVRG, Johnson and Zhang 2013). It is
 * unbiased over S, and its error shrinks with the distance of θ_c from θ. The same S serves all coalitions, so their errors go together.
 */
export class ControlVariate {
  private readonly fraction: number
  private readonly seed: number

  /** Throws `SUBSAMPLE` when the fraction is not within 0 to 1. */
  constructor(fraction: number, seed: number) {
    if (!(fraction > 0 && fraction <= 1)) fail('SUBSAMPLE', `subsample is ${fraction}, not above 0 and at most 1`, { field: 'subsample' })
    this.fraction = fraction
    this.seed = seed
  }

  /** The random part of a step's batch, in the order of the batch; at least one example. */
  part(batch: readonly TrainingExample[], step: number): TrainingExample[] {
    const count = Math.max(1, Math.round(batch.length * this.fraction))
    const chosen = new Random(this.seed, stream + step).permutation(batch.length).subarray(0, count)
    return [...chosen.sort()].map((i) => batch[i])
  }

  /**
   * Turns the gradient of the part in each state into the estimate for the whole batch.
   * @param full the full run's gradients of batch and part by contributor; used up by the call
   * @param ratio |B| / |S|
   */
  complete(full: StepGradients, ratio: number, states: readonly CoalitionState[]): void {
    const rest = full.byGroup.map((whole, a) => {
      const part = full.partByGroup[a]
      if (whole !== undefined && part !== undefined) for (let i = 0; i < whole.length; i++) whole[i] -= ratio * part[i]
      return whole
    })
    const sum = new Float32Array(full.total.length)
    for (const one of rest) if (one !== undefined) for (let i = 0; i < sum.length; i++) sum[i] += one[i]
    for (const { coalition, gradient } of states) {
      for (let i = 0; i < sum.length; i++) gradient[i] = ratio * gradient[i] + sum[i]
      rest.forEach((one, a) => {
        const missing = 1 - coalition.weights[a]
        if (one !== undefined && missing !== 0) for (let i = 0; i < one.length; i++) gradient[i] -= missing * one[i]
      })
    }
  }
}
