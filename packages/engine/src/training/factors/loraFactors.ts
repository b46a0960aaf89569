import { TensorType } from '@openledger/tensor'
import type { Model } from '../../model/Model.ts'
import type { AdapterShape } from '../gradients/AdapterProbe.ts'
import { FrozenBase } from '../FrozenBase.ts'
import { TrainingGraph } from '../graph/TrainingGraph.ts'
import { loraLayout, type LoraLayout, type LoraSlot } from '../LoraLayout.ts'
import { checkExamples, type TrainingExample } from '../TrainingExample.ts'
import { WeightStore } from '../WeightStore.ts'
import { factorLinear, factorNames } from './factorLinear.ts'

/** Sums over tokens of v vᵀ, each symmetric, row by row. */
export type SlotFactors = {
  slot: LoraSlot
  /** [input, input]: what goes into A. */
  inputs: Float64Array
  /** [rank, rank]: gradients of what comes out of A. */
  innerGradients: Float64Array
  /** [rank, rank]: what goes into B. */
  inner: Float64Array
  /** [output, output]: gradients of what comes out of B. */
  outputGradients: Float64Array
}

const batchTokens = 1024

/**
 * The Kronecker factors of the empirical Fisher of every low-rank matrix, as K-FAC and EK-FAC need them (Martens and Grosse 2015; George et
 * al. 2018; for influence Grosse et al. 2023): sums over all tokens of the examples, each example's loss being its mean per supervised token.
 * Only examples of equal length share a graph, so no padding enters the sums. Computes in F32, sums in double precision.
 * @param weights flat in canonical order
 * @throws `EXAMPLE_*`
 */
export function loraFactors(model: Model, { rank, alpha, targets }: AdapterShape, weights: Float32Array, examples: readonly TrainingExample[]): SlotFactors[] {
  const layout = loraLayout(model.config, (_, module) => (targets.includes(module) ? { rank, scale: alpha / rank } : undefined))
  checkExamples(examples, model.config.vocabulary, model.config.context)
  const base = new FrozenBase(model, 'f32')
  const store = uploaded(base, layout, weights)
  try {
    const factors = layout.slots.map(emptyFactors)
    for (const members of equalLengths(examples)) addBatch(factors, base, store, members)
    return factors
  } finally {
    store.dispose()
    base.dispose()
  }
}

function emptyFactors(slot: LoraSlot): SlotFactors {
  const square = (n: number) => new Float64Array(n * n)
  return { slot, inputs: square(slot.input), innerGradients: square(slot.rank), inner: square(slot.rank), outputGradients: square(slot.output) }
}

function uploaded(base: FrozenBase, { slots }: LoraLayout, weights: Float32Array): WeightStore {
  const store = new WeightStore(
    base.backend,
    slots.flatMap((slot) => [
      { name: `${slot.name}.lora_a`, type: TensorType.F32, shape: [slot.input, slot.rank] },
      { name: `${slot.name}.lora_b`, type: TensorType.F32, shape: [slot.output, slot.rank] },
    ]),
  )
  for (const { name, rank, output, offsetA, offsetB } of slots) {
    store.get(`${name}.lora_a`).write(weights.slice(offsetA, offsetB))
    const turned = new Float32Array(output * rank)
    for (let i = 0, from = offsetB; i < output; i++) for (let j = 0; j < rank; j++) turned[j * output + i] = weights[from++]
    store.get(`${name}.lora_b`).write(turned)
  }
  return store
}

/** Examples of one length, in lots of at most `batchTokens` tokens; longest first. */
function equalLengths(examples: readonly TrainingExample[]): TrainingExample[][] {
  const byLength = new Map<number, TrainingExample[]>()
  for (const example of examples) byLength.set(example.tokens.length, [...(byLength.get(example.tokens.length) ?? []), example])
  return [...byLength].sort(([a], [b]) => b - a).flatMap(([length, members]) => {
    const most = Math.max(1, Math.floor(batchTokens / length))
    return Array.from({ length: Math.ceil(members.length / most) }, (_, i) => members.slice(i * most, (i + 1) * most))
  })
}

function addBatch(factors: SlotFactors[], base: FrozenBase, store: WeightStore, members: readonly TrainingExample[]): void {
  const length = members[0].tokens.length - 1
  const total = length * members.length
  const inputs = { tokens: new Int32Array(total), targets: new Int32Array(total), weights: new Float32Array(total) }
  members.forEach(({ tokens, supervisedFrom }, row) => {
    for (let i = 0; i < length; i++) {
      inputs.tokens[row * length + i] = tokens[i]
      inputs.targets[row * length + i] = tokens[i + 1]
      if (i + 1 >= supervisedFrom) inputs.weights[row * length + i] = 1 / (tokens.length - supervisedFrom)
    }
  })
  const graph = new TrainingGraph({
    backend: base.backend,
    shape: base.shape,
    batch: { length, rows: members.length, supervised: 0, groups: 1 },
    precision: 'f32',
    linear: factorLinear(new Map(factors.map(({ slot }) => [slot.name, slot.scale]))),
    weight: (name) => (store.has(name) ? store.get(name) : base.weight(name)),
    has: (name) => base.has(name),
    trainsAll: false,
    extraNodes: 160,
  })
  try {
    graph.run(inputs)
    for (const each of factors) {
      const sums = [each.inputs, each.innerGradients, each.inner, each.outputGradients]
      factorNames.forEach((suffix, i) => {
        const values = graph.gradients.get(`${each.slot.name}.${suffix}`)!.readF32()
        for (let at = 0; at < values.length; at++) sums[i][at] += values[at]
      })
    }
  } finally {
    graph.dispose()
  }
}
