import type { AdapterRecipe } from './AdapterRecipe.ts'
import { Random } from './Random.ts'
import type { TrainingExample } from './TrainingExample.ts'

/** The examples of each step: every pass in its own seeded order, the last step of a pass taking what is left. */
export function exampleOrder(examples: readonly TrainingExample[], plan: AdapterRecipe): (step: number) => TrainingExample[] {
  const stepsPerPass = Math.ceil(examples.length / plan.batchSize)
  return (step) => {
    const order = new Random(plan.seed, 10_000 + Math.floor(step / stepsPerPass)).permutation(examples.length)
    const from = (step % stepsPerPass) * plan.batchSize
    return [...order.subarray(from, from + plan.batchSize)].map((i) => examples[i])
  }
}
