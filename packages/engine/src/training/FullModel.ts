import { TensorType, type Backend } from '@openledger/tensor'
import { denseLinear } from './graph/denseLinear.ts'
import type { BatchShape, Precision } from './graph/GraphBuild.ts'
import { TrainingGraph } from './graph/TrainingGraph.ts'
import type { FullShape } from './ModelShape.ts'
import { parameterLayout, type ParameterLayout } from './parameterLayout.ts'
import { WeightStore } from './WeightStore.ts'

/** A model all of whose parameters are trained: the flat weights here, and their copy on the backend. Disposed by its maker. */
export class FullModel {
  readonly shape: FullShape
  readonly layout: ParameterLayout
  readonly weights: Float32Array
  private readonly backend: Backend
  private readonly store: WeightStore
  private readonly precision: Precision

  /** @param weights flat in the order of `parameterLayout(shape)`; kept and changed in place by the trainer */
  constructor(backend: Backend, shape: FullShape, weights: Float32Array, precision: Precision) {
    this.backend = backend
    this.shape = shape
    this.layout = parameterLayout(shape)
    this.weights = weights
    this.precision = precision
    this.store = new WeightStore(backend, this.layout.slots.map((s) => ({ name: s.name, type: TensorType.F32, shape: s.shape })))
    this.upload()
  }

  /** Copies the flat weights to the backend. */
  upload(): void {
    for (const slot of this.layout.slots) this.store.get(slot.name).write(this.weights.subarray(slot.offset, slot.offset + slot.size))
  }

  graph(batch: Omit<BatchShape, 'groups'>, options: { backward?: boolean; ownMasks?: boolean } = {}): TrainingGraph {
    return new TrainingGraph({
      backend: this.backend,
      shape: this.shape,
      batch: { ...batch, groups: 1 },
      precision: this.precision,
      linear: denseLinear,
      weight: (name) => this.store.get(name),
      has: (name) => this.store.has(name),
      trainsAll: true,
      ...options,
    })
  }

  /** Copies the gradients of a graph's last run to a flat array in the order of the layout. */
  collect(graph: TrainingGraph, into: Float32Array): void {
    for (const slot of this.layout.slots) graph.gradients.get(slot.name)!.read(into.subarray(slot.offset, slot.offset + slot.size))
  }

  dispose(): void {
    this.store.dispose()
  }
}
