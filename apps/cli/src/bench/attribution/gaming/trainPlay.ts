import type { MethodName } from '@openledger/attribution'
import { responsesOf, trainAdapter, trainTogether, type AdapterRecipe, type Coalition, type LoraLayout, type Model, type TrainingExample } from '@openledger/engine'

/** A training and what each contributor's part in it was. */
export type TrainedPlay = {
  method: MethodName
  layout: LoraLayout
  /** θ, flat. */
  weights: Float32Array
  /** r per contributor, by the method; zeros where it has no example. */
  responses: Float32Array[]
  steps: number
}

/**
 * Trains on all examples. With `responses` also without each contributor in turn, together with that; with `trajectory` every update is booked to
 * those who caused it.
 */
export async function trainPlay(model: Model, examples: readonly TrainingExample[], recipe: AdapterRecipe, contributors: number, method: MethodName): Promise<TrainedPlay> {
  if (method === 'trajectory') {
    const { layout, weights, contributions, steps } = await trainAdapter(model, examples, recipe, { contributors })
    return { method, layout, weights, responses: contributions, steps }
  }
  // Contributors of copies alone train nothing, and have nothing to be left out.
  const present = [...new Set(examples.map(({ group }) => group))].sort((a, b) => a - b)
  const renumbered = examples.map((example) => ({ ...example, group: present.indexOf(example.group) }))
  const without = (left?: number): Coalition => ({ weights: present.map((_, a) => (a === left ? 0 : 1)) })
  const trained = await trainTogether(model, renumbered, recipe, [without(), ...present.map((_, a) => without(a))])
  const found = responsesOf(trained)
  const weights = trained.adapters[0]!
  const responses = Array.from({ length: contributors }, (_, a) => (present.includes(a) ? found[present.indexOf(a)]! : new Float32Array(weights.length)))
  return { method, layout: trained.layout, weights, responses, steps: trained.steps }
}
