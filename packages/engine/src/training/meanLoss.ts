import type { AdapterModel } from './AdapterModel.ts'
import { microBatches, supervisedWeight } from './microBatches.ts'
import { weightedLoss } from './StepGradients.ts'
import type { TrainingExample } from './TrainingExample.ts'

/** Mean negative log-likelihood per supervised token (nats), with the adapter or, for `base`, without. */
export function meanLoss(model: AdapterModel, examples: readonly TrainingExample[], microTokens: number, kind: 'measure' | 'base'): number {
  let loss = 0
  for (const batch of microBatches(examples, microTokens, supervisedWeight(examples), false)) {
    loss += weightedLoss(model.graph(batch.shape, kind).run(batch.inputs), batch.inputs.weights)
  }
  return loss
}
