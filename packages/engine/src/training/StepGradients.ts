import type { AdapterModel } from './AdapterModel.ts'
import { microBatches, supervisedWeight } from './microBatches.ts'
import type { TrainingExample } from './TrainingExample.ts'

/**
 * The gradient of one step, whole and by contributor. The arrays are reused from step to step: read them before the next one.
 * `total` is the sum over contributors in their order.
 */
export class StepGradients {
  readonly total: Float32Array
  /** By contributor; undefined for those without an example in this step. */
  byGroup: (Float32Array | undefined)[]
  /** The same for a part of the step, by the denominator of the whole; undefined for those without an example in the part. */
  partByGroup: (Float32Array | undefined)[] = []
  private readonly kept: Float32Array[]
  private readonly keptOfPart: Float32Array[] = []

  constructor(size: number, groups: number) {
    this.total = new Float32Array(size)
    this.kept = Array.from({ length: groups }, () => new Float32Array(size))
    this.byGroup = []
  }

  /**
   * Computes the mean loss of the examples, weighted per supervised token, and its gradients.
   * @param part examples, of these, whose gradients are wanted by themselves too
   */
  compute(model: AdapterModel, examples: readonly TrainingExample[], microTokens: number, part?: ReadonlySet<TrainingExample>): { loss: number; tokens: number } {
    const present = new Set(examples.map((example) => example.group))
    const byRow = present.size > 1
    const total = supervisedWeight(examples)
    if (part !== undefined) this.clearPart(part)
    this.byGroup = this.kept.map((array, group) => (present.has(group) ? array.fill(0) : undefined))
    let [loss, tokens] = [0, 0]
    for (const batch of microBatches(examples, microTokens, total, byRow)) {
      const graph = model.graph(batch.shape, 'train')
      loss += weightedLoss(graph.run(batch.inputs), batch.inputs.weights)
      const rows = batch.shape.groups === 1 ? batch.examples.slice(0, 1) : batch.examples
      model.collect(graph, rows.map((example) => this.kept[example.group]))
      if (part !== undefined && byRow) model.collect(graph, rows.map((example) => (part.has(example) ? this.partByGroup[example.group] : undefined)))
      for (const example of batch.examples) tokens += example.tokens.length - 1
    }
    // One contributor's examples come out as one gradient: its part is computed by itself.
    if (part !== undefined && !byRow) {
      for (const batch of microBatches([...part], microTokens, total, false)) {
        const graph = model.graph(batch.shape, 'train')
        graph.run(batch.inputs)
        model.collect(graph, [this.partByGroup[batch.examples[0].group]])
      }
    }
    this.total.fill(0)
    for (const part of this.byGroup) {
      if (part !== undefined) for (let i = 0; i < part.length; i++) this.total[i] += part[i]
    }
    return { loss, tokens }
  }

  private clearPart(part: ReadonlySet<TrainingExample>): void {
    while (this.keptOfPart.length < this.kept.length) this.keptOfPart.push(new Float32Array(this.total.length))
    const present = new Set([...part].map((example) => example.group))
    this.partByGroup = this.keptOfPart.map((array, group) => (present.has(group) ? array.fill(0) : undefined))
  }
}

/** Σ −weight · ln p, in float64. */
export function weightedLoss(probabilities: Float32Array, weights: Float32Array): number {
  let loss = 0
  for (let i = 0; i < probabilities.length; i++) if (weights[i] !== 0) loss -= weights[i] * Math.log(Math.max(probabilities[i], 1e-38))
  return loss
}
