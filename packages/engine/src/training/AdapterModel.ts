import { TensorType } from '@openledger/tensor'
import type { FrozenBase } from './FrozenBase.ts'
import { loraLinear } from './graph/loraLinear.ts'
import type { BatchShape } from './graph/GraphBuild.ts'
import { TrainingGraph } from './graph/TrainingGraph.ts'
import type { LoraLayout } from './LoraLayout.ts'
import { WeightStore } from './WeightStore.ts'

const graphMemory = 768 << 20

/**
 * A frozen base with a trainable low-rank adapter. Owns the adapter's copy on the backend and its graphs, which are built per
 * batch shape and kept until their memory is needed; borrows the base.
 */
export class AdapterModel {
  readonly base: FrozenBase
  readonly layout: LoraLayout
  /** Flat, canonical order; changed in place by the trainer, seen by the backend after `upload`. */
  readonly weights: Float32Array
  private readonly store: WeightStore
  private readonly graphs = new Map<string, TrainingGraph>()
  private readonly scales: ReadonlyMap<string, number>

  constructor(base: FrozenBase, layout: LoraLayout, weights: Float32Array) {
    this.base = base
    this.layout = layout
    this.weights = weights
    this.scales = new Map(layout.slots.map((slot) => [slot.name, slot.scale]))
    this.store = new WeightStore(
      base.backend,
      layout.slots.flatMap((slot) => [
        { name: `${slot.name}.lora_a`, type: TensorType.F32, shape: [slot.input, slot.rank] },
        { name: `${slot.name}.lora_b`, type: TensorType.F32, shape: [slot.output, slot.rank] },
      ]),
    )
    this.upload()
  }

  /** Copies the flat weights to the backend, B transposed. */
  upload(): void {
    for (const { name, rank, output, offsetA, offsetB } of this.layout.slots) {
      this.store.get(`${name}.lora_a`).write(this.weights.subarray(offsetA, offsetB))
      const turned = new Float32Array(output * rank)
      for (let i = 0, from = offsetB; i < output; i++) for (let j = 0; j < rank; j++) turned[j * output + i] = this.weights[from++]
      this.store.get(`${name}.lora_b`).write(turned)
    }
  }

  /** The graph for a batch shape: `train` with gradients, `measure` with the loss alone, `base` the loss without the adapter. */
  graph(batch: BatchShape, kind: 'train' | 'measure' | 'base'): TrainingGraph {
    const key = `${kind} ${batch.length} ${batch.rows} ${batch.supervised} ${batch.groups}`
    let graph = this.graphs.get(key)
    if (graph === undefined) {
      const { base } = this
      graph = new TrainingGraph({
        backend: base.backend,
        shape: base.shape,
        batch,
        precision: base.precision,
        linear: loraLinear(kind === 'base' ? new Map() : this.scales),
        weight: (name) => (this.store.has(name) ? this.store.get(name) : base.weight(name)),
        has: (name) => base.has(name),
        trainsAll: false,
        backward: kind === 'train',
      })
    } else this.graphs.delete(key)
    this.graphs.set(key, graph)
    this.evict(graph)
    return graph
  }

  /**
   * Adds the gradients of a graph's last run to one flat array per group, in canonical order.
   * @param targets one per group; several groups may name the same array, undefined ones (padding) are skipped
   */
  collect(graph: TrainingGraph, targets: (Float32Array | undefined)[]): void {
    for (const slot of this.layout.slots) {
      const a = graph.gradients.get(`${slot.name}.lora_a`)!.readF32()
      const b = graph.gradients.get(`${slot.name}.lora_b`)!.readF32()
      const sizeA = slot.input * slot.rank
      const sizeB = slot.output * slot.rank
      targets.forEach((target, group) => {
        if (target === undefined) return
        for (let i = 0, from = group * sizeA, to = slot.offsetA; i < sizeA; i++) target[to++] += a[from++]
        for (let j = 0, from = group * sizeB; j < slot.rank; j++) {
          for (let i = 0, to = slot.offsetB + j; i < slot.output; i++, to += slot.rank) target[to] += b[from++]
        }
      })
    }
  }

  dispose(): void {
    for (const graph of this.graphs.values()) graph.dispose()
    this.graphs.clear()
    this.store.dispose()
  }

  private evict(kept: TrainingGraph): void {
    let bytes = 0
    for (const graph of this.graphs.values()) bytes += graph.bytes
    for (const [key, graph] of this.graphs) {
      if (bytes <= graphMemory || graph === kept) continue
      bytes -= graph.bytes
      graph.dispose()
      this.graphs.delete(key)
    }
  }
}
