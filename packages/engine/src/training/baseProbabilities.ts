import type { AdapterModel } from './AdapterModel.ts'
import { microBatches, supervisedWeight } from './microBatches.ts'
import { weightedLoss } from './StepGradients.ts'
import type { TrainingExample } from './TrainingExample.ts'

/** What the bare base makes of one example: the probability it gives to each supervised token, and their mean negative log-likelihood in nats. */
export function baseProbabilities(model: AdapterModel, example: TrainingExample): { probabilities: Float32Array; loss: number } {
  const [batch] = microBatches([example], example.tokens.length, supervisedWeight([example]), false)
  const found = model.graph(batch.shape, 'base').run(batch.inputs)
  return { probabilities: found.slice(0, example.tokens.length - example.supervisedFrom), loss: weightedLoss(found, batch.inputs.weights) }
}
