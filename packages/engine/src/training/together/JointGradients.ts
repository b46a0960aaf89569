import type { GraphAllocator } from '@openledger/tensor'
import type { FrozenBase } from '../FrozenBase.ts'
import { loraLinear } from '../graph/loraLinear.ts'
import { TrainingGraph } from '../graph/TrainingGraph.ts'
import type { LoraLayout } from '../LoraLayout.ts'
import { lengthBucket } from '../microBatches.ts'
import { weightedLoss } from '../StepGradients.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import type { Coalition } from './Coalition.ts'
import { groupBySize } from './groupBySize.ts'
import { JointAdapters, place, unplace } from './JointAdapters.ts'
import { coalitionPart, jointBatch, type CoalitionPart } from './jointBatch.ts'

/** A coalition whose gradient is wanted: taken at `weights`, written to `gradient`, both flat in canonical order. */
export type Member = { coalition: Coalition; weights: Float32Array; gradient: Float32Array }

/** Reshapes that a linear map of several adapters makes, for all maps of a layer. */
const extraNodes = 7 * 12
/** What building and planning a graph costs, counted in tokens. */
const graphOverhead = 24

/**
 * Computes the gradients of many coalitions on one batch, several coalitions to a graph: the frozen matrices are multiplied once over
 * the tokens of all of them. Each coalition computes its own examples alone, without filling up but in attention, and tokens with
 * the same history once. A coalition's gradient has the same bytes in any company. Borrows the base; disposed by its maker.
 */
export class JointGradients {
  private readonly base: FrozenBase
  private readonly layout: LoraLayout
  private readonly scales: ReadonlyMap<string, number>
  private readonly partTokens: number
  private readonly graphTokens: number
  private readonly allocator: GraphAllocator
  private readonly adapters = new Map<number, JointAdapters>()
  private readonly placed: Float32Array[] = []
  private readonly sums: Float32Array[] = []

  /**
   * @param partTokens most tokens of one coalition in one graph (a single longer example is let through); decides roundings
   * @param graphTokens most tokens of a graph of several coalitions; decides memory and speed alone
   */
  constructor(base: FrozenBase, layout: LoraLayout, partTokens: number, graphTokens: number) {
    this.base = base
    this.layout = layout
    this.scales = new Map(layout.slots.map((slot) => [slot.name, slot.scale]))
    this.partTokens = partTokens
    this.graphTokens = graphTokens
    this.allocator = base.backend.graphAllocator()
  }

  /**
   * Computes each member's gradient of Σ weight · share · loss / total over the examples, where share is its contributor's weight.
   * @returns the value of that sum for each member, and how many tokens of examples were trained on
   */
  compute(examples: readonly TrainingExample[], total: number, members: readonly Member[]): { losses: number[]; tokens: number } {
    const losses = members.map(() => 0)
    let tokens = 0
    members.forEach(({ weights }, m) => {
      if (this.placed.length === m) {
        this.placed.push(new Float32Array(this.layout.size))
        this.sums.push(new Float32Array(this.layout.size))
      }
      place(this.layout, weights, this.placed[m])
      this.sums[m].fill(0)
    })
    for (const length of new Set(examples.map(bucketOf).sort((x, y) => y - x))) {
      const inBucket = examples.filter((example) => bucketOf(example) === length)
      const most = Math.max(1, Math.floor(this.partTokens / length))
      const queues = members.map(({ coalition }) => inBucket.filter((example) => coalition.weights[example.group] * (example.weight ?? 1) > 0))
      for (let at = 0; at < inBucket.length; at += most) {
        const jobs = members.flatMap(({ coalition }, member) => {
          const part = queues[member].slice(at, at + most)
          for (const example of part) tokens += example.tokens.length - 1
          return part.length === 0 ? [] : [{ member, part: coalitionPart(part, part.map(({ group }) => coalition.weights[group])) }]
        })
        jobs.sort((x, y) => y.part.tree.tokens.length - x.part.tree.tokens.length || x.member - y.member)
        const starts = groupBySize(jobs.map(({ part }) => part.tree.tokens.length), this.graphTokens, graphOverhead)
        starts.forEach((from, g) => this.run(jobs.slice(from, starts[g + 1]), length, total, losses))
      }
    }
    members.forEach(({ gradient }, m) => unplace(this.layout, this.sums[m], gradient))
    return { losses, tokens }
  }

  dispose(): void {
    for (const adapters of this.adapters.values()) adapters.dispose()
    this.allocator.dispose()
  }

  private run(jobs: readonly { member: number; part: CoalitionPart }[], length: number, total: number, losses: number[]): void {
    const { base } = this
    const { shape, inputs, starts } = jointBatch(jobs.map(({ part }) => part), length, total)
    let adapters = this.adapters.get(jobs.length)
    if (adapters === undefined) this.adapters.set(jobs.length, (adapters = new JointAdapters(base, this.layout, jobs.length)))
    const { store } = adapters
    jobs.forEach(({ member }, slot) => adapters.write(slot, this.placed[member]))
    const graph = new TrainingGraph({
      ...{ backend: base.backend, shape: base.shape, precision: base.precision, allocator: this.allocator, batch: shape, extraNodes },
      linear: loraLinear(this.scales, jobs.length),
      weight: (name) => (store.has(name) ? store.get(name) : base.weight(name)),
      has: (name) => base.has(name),
      trainsAll: false,
    })
    try {
      const p = graph.run(inputs)
      adapters.collect(graph, jobs.map(({ member }) => this.sums[member]))
      jobs.forEach(({ member }, slot) => (losses[member] += weightedLoss(p.subarray(starts[slot], starts[slot + 1]), inputs.weights.subarray(starts[slot], starts[slot + 1]))))
    } finally {
      graph.dispose()
    }
  }
}

function bucketOf({ tokens }: TrainingExample): number {
  return lengthBucket(tokens.length - 1)
}
