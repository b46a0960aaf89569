import type { MethodName } from '@openledger/attribution'
import { trainAdapter, type AdapterRecipe, type LoraLayout, type Model, type TrainingExample } from '@openledger/engine'

/** How the responses are found. */
export const gamingMethod: MethodName = 'trajectory'

/** A training and what each contributor's part in it was. */
export type TrainedPlay = {
  method: MethodName
  layout: LoraLayout
  /** θ, flat. */
  weights: Float32Array
  /** r per contributor: θ less the adapter trained without it; zeros where it has no example. */
  responses: Float32Array[]
  steps: number
  lossBase: number
  lossFinal: number
}

/** Trains on all examples and, together with that, without each contributor in turn. */
export async function trainPlay(model: Model, examples: readonly TrainingExample[], recipe: AdapterRecipe, contributors: number): Promise<TrainedPlay> {
  const { layout, weights, contributions, steps, lossBase, lossFinal } = await trainAdapter(model, examples, recipe, { contributors })
  return { method: gamingMethod, layout, weights, responses: contributions, steps, lossBase, lossFinal }
}
