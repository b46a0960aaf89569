import type { Model } from '../../model/Model.ts'
import { AdapterProbe } from '../gradients/AdapterProbe.ts'
import { initialAdapter } from '../initialAdapter.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import { defaultFingerprintPlan, type FingerprintPlan } from './recordFingerprints.ts'

/** How the gradients of examples lie to that of one other. */
export type GradientDots = {
  /** ⟨g, g_i⟩: how much a small step of training on example i lowers the loss of the one in question, per unit of learning rate. */
  dots: number[]
  /** The same over the lengths of both; 0 where one has none. */
  cosines: number[]
}

/**
 * Exactly what fingerprints estimate: dot products of one example's gradient with those of others, each of the mean loss over its own supervised
 * tokens, in F32 at the base itself. One backward pass each; gradients are not kept. The thread is occupied meanwhile.
 * @param plan as for `recordFingerprints`; its precision and micro-batches do not count here
 * @throws `EXAMPLE_*`, `ADAPTER_*`
 */
export function gradientDots(model: Model, query: TrainingExample, examples: readonly TrainingExample[], plan: Partial<FingerprintPlan> = {}): GradientDots {
  const full = { ...defaultFingerprintPlan, ...plan }
  const probe = new AdapterProbe(model, full)
  try {
    const weights = initialAdapter(probe.layout, full.seed)
    let own: Float32Array = new Float32Array(0)
    probe.gradients(weights, [query], (_, gradient) => (own = gradient))
    const dots = new Array<number>(examples.length).fill(0)
    const cosines = new Array<number>(examples.length).fill(0)
    const size = Math.sqrt(dot(own, own))
    probe.gradients(weights, examples, (i, gradient) => {
      dots[i] = dot(own, gradient)
      cosines[i] = dots[i] === 0 ? 0 : dots[i] / (size * Math.sqrt(dot(gradient, gradient)))
    })
    return { dots, cosines }
  } finally {
    probe.dispose()
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
