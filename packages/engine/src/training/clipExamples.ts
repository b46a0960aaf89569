import type { AdapterModel } from './AdapterModel.ts'
import { microBatches, supervisedWeight } from './microBatches.ts'
import type { TrainingExample } from './TrainingExample.ts'

/** The norm of the gradient that each example puts into a step, in the order given: of its weighted loss by the denominator of all of them. */
export function exampleNorms(model: AdapterModel, examples: readonly TrainingExample[], microTokens: number): Float64Array {
  const place = new Map(examples.map((example, i) => [example, i]))
  const squares = new Float64Array(examples.length)
  for (const batch of microBatches(examples, microTokens, supervisedWeight(examples), true)) {
    const graph = model.graph(batch.shape, 'train')
    graph.run(batch.inputs)
    for (const gradient of graph.gradients.values()) {
      const values = gradient.readF32()
      const size = values.length / batch.shape.groups
      batch.examples.forEach((example, row) => {
        let sum = 0
        for (let i = row * size; i < (row + 1) * size; i++) sum += values[i] * values[i]
        squares[place.get(example)!] += sum
      })
    }
  }
  return squares.map(Math.sqrt)
}

/**
 * Gives examples whose gradient is more than `multiple` times the median of the batch a smaller weight, so that it comes down to that: outliers, whether
 * long, garbled or contradicting, pull no harder than others do. The loss of the step stays a weighted mean, now by these weights.
 * @returns new examples with weights; the same ones where nothing stands out
 */
export function clipExamples(model: AdapterModel, examples: readonly TrainingExample[], microTokens: number, multiple: number): TrainingExample[] {
  // Examples drawn twice are the same object: each place needs its own.
  const own = examples.map((example) => ({ ...example }))
  const norms = exampleNorms(model, own, microTokens)
  const most = multiple * [...norms].sort((a, b) => a - b)[(norms.length - 1) >> 1]
  return examples.map((example, i) => (norms[i] > most ? { ...example, weight: ((example.weight ?? 1) * most) / norms[i] } : example))
}
