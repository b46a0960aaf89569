import { fail } from '@openledger/protocol'

/** How the learning rate runs over the steps of a training run. */
export type LearningRateSchedule = {
  learningRate: number
  /** Steps of linear growth from 0 to `learningRate`. */
  warmup: number
  schedule: 'cosine' | 'constant'
  /** Cosine ends at this part of `learningRate`. Default 0. */
  finalFraction?: number
}

/**
 * The learning rate of one step: linear warm-up, then half a cosine down to `finalFraction`.
 * @param step 0-based; @param steps total number of steps
 */
export function learningRateAt(plan: LearningRateSchedule, step: number, steps: number): number {
  if (!(plan.learningRate > 0)) fail('LEARNING_RATE', 'the learning rate must be positive', { field: 'learningRate' })
  if (step < plan.warmup) return (plan.learningRate * (step + 1)) / plan.warmup
  if (plan.schedule === 'constant') return plan.learningRate
  const end = plan.finalFraction ?? 0
  const progress = Math.min(1, (step - plan.warmup) / Math.max(1, steps - plan.warmup))
  return plan.learningRate * (end + (1 - end) * 0.5 * (1 + Math.cos(Math.PI * progress)))
}
