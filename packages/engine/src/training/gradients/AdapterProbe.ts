import type { Model } from '../../model/Model.ts'
import { AdapterModel } from '../AdapterModel.ts'
import type { AdapterRecipe } from '../AdapterRecipe.ts'
import { FrozenBase } from '../FrozenBase.ts'
import { loraLayout, type LoraLayout } from '../LoraLayout.ts'
import { microBatches, type MicroBatch } from '../microBatches.ts'
import { checkExamples, type TrainingExample } from '../TrainingExample.ts'

/** What fixes the shape of an adapter's parameters. */
export type AdapterShape = Pick<AdapterRecipe, 'rank' | 'alpha' | 'targets'>

const lossTokens = 2048
const gradientRows = 16
const smallest = 1e-38

/**
 * Measures losses and gradients of single examples at any parameters of an adapter, in F32, many examples to a graph.
 * Every example's loss is the mean over its own supervised tokens, whatever its weight. Borrows the model; disposed by its maker.
 * The same examples in the same company give the same bytes; another company can change the last bits.
 */
export class AdapterProbe {
  readonly layout: LoraLayout
  private readonly base: FrozenBase
  private readonly adapter: AdapterModel

  constructor(model: Model, { rank, alpha, targets }: AdapterShape) {
    this.layout = loraLayout(model.config, (_, module) => (targets.includes(module) ? { rank, scale: alpha / rank } : undefined))
    this.base = new FrozenBase(model, 'f32')
    this.adapter = new AdapterModel(this.base, this.layout, new Float32Array(this.layout.size))
  }

  /**
   * Mean negative log-likelihood per supervised token of each example, in nats.
   * @param weights flat in canonical order, not kept; null for the bare base
   * @throws `EXAMPLE_*`
   */
  losses(weights: Float32Array | null, examples: readonly TrainingExample[]): Float64Array {
    const out = new Float64Array(examples.length)
    if (weights !== null) this.set(weights)
    for (const { batch, at } of this.batches(examples, lossTokens, false)) {
      const p = this.adapter.graph(batch.shape, weights === null ? 'base' : 'measure').run(batch.inputs)
      readLosses(batch, p, (row, loss) => (out[at[row]] = loss))
    }
    return out
  }

  /**
   * Gradient of each example's mean loss at `weights`.
   * @param use gets the example's index, its gradient in canonical order (a new array) and its loss; examples come longest first
   * @throws `EXAMPLE_*`
   */
  gradients(weights: Float32Array, examples: readonly TrainingExample[], use: (index: number, gradient: Float32Array, loss: number) => void): void {
    this.set(weights)
    const longest = examples.reduce((most, { tokens }) => Math.max(most, tokens.length), 0)
    for (const { batch, at } of this.batches(examples, gradientRows * longest, true)) {
      const graph = this.adapter.graph(batch.shape, 'train')
      const p = graph.run(batch.inputs)
      const rows = batch.examples.map(() => new Float32Array(this.layout.size))
      this.adapter.collect(graph, rows)
      readLosses(batch, p, (row, loss) => use(at[row], rows[row], loss))
    }
  }

  dispose(): void {
    this.adapter.dispose()
    this.base.dispose()
  }

  private set(weights: Float32Array): void {
    this.adapter.weights.set(weights)
    this.adapter.upload()
  }

  /** Micro-batches in which every example weighs one, and where its members stand in `examples`. */
  private batches(examples: readonly TrainingExample[], budget: number, byRow: boolean): { batch: MicroBatch; at: number[] }[] {
    const { vocab, ctx } = this.base.shape
    if (examples.length === 0) return []
    checkExamples(examples, vocab, ctx)
    const own = examples.map((example) => ({ ...example, weight: 1 / (example.tokens.length - example.supervisedFrom) }))
    const index = new Map<TrainingExample, number>(own.map((example, i) => [example, i]))
    return microBatches(own, budget, 1, byRow).map((batch) => ({ batch, at: batch.examples.map((example) => index.get(example)!) }))
  }
}

/** Splits the probabilities of a batch's supervised tokens among its rows. */
function readLosses({ examples }: MicroBatch, probabilities: Float32Array, use: (row: number, loss: number) => void): void {
  let s = 0
  examples.forEach(({ tokens, supervisedFrom }, row) => {
    const count = tokens.length - supervisedFrom
    let sum = 0
    for (let t = 0; t < count; t++, s++) sum -= Math.log(Math.max(probabilities[s], smallest))
    use(row, sum / count)
  })
}
