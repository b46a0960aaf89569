import { TensorType } from '@openledger/tensor'
import type { TrainingGraph } from '../graph/TrainingGraph.ts'
import type { FrozenBase } from '../FrozenBase.ts'
import type { LoraLayout } from '../LoraLayout.ts'
import { WeightStore } from '../WeightStore.ts'

/**
 * The backend's copy of the parameters of several adapters, adapter by adapter in each tensor. On the host they come in placed
 * order: canonical, but for B transposed, as the graph reads it. Disposed by its maker.
 */
export class JointAdapters {
  readonly store: WeightStore
  private readonly layout: LoraLayout

  constructor(base: FrozenBase, layout: LoraLayout, adapters: number) {
    this.layout = layout
    this.store = new WeightStore(
      base.backend,
      layout.slots.flatMap((slot) => [
        { name: `${slot.name}.lora_a`, type: TensorType.F32, shape: [slot.input, slot.rank, adapters] },
        { name: `${slot.name}.lora_b`, type: TensorType.F32, shape: [slot.output, slot.rank, adapters] },
      ]),
    )
  }

  /** Writes the parameters of one adapter. */
  write(adapter: number, placed: Float32Array): void {
    for (const { name, rank, output, offsetA, offsetB } of this.layout.slots) {
      this.store.get(`${name}.lora_a`).write(placed.subarray(offsetA, offsetB), adapter * (offsetB - offsetA) * 4)
      this.store.get(`${name}.lora_b`).write(placed.subarray(offsetB, offsetB + output * rank), adapter * output * rank * 4)
    }
  }

  /** Adds the gradients of a graph's last run to one array per adapter, in placed order. */
  collect(graph: TrainingGraph, sums: readonly Float32Array[]): void {
    for (const { name, rank, output, offsetA, offsetB } of this.layout.slots) {
      for (const [part, at, size] of [['lora_a', offsetA, offsetB - offsetA], ['lora_b', offsetB, output * rank]] as const) {
        const gradient = graph.gradients.get(`${name}.${part}`)!.readF32()
        sums.forEach((sum, adapter) => {
          for (let i = 0, from = adapter * size, to = at; i < size; i++) sum[to++] += gradient[from++]
        })
      }
    }
  }

  dispose(): void {
    this.store.dispose()
  }
}

/** From canonical to placed order: transposes every B. */
export function place(layout: LoraLayout, canonical: Float32Array, placed: Float32Array): void {
  placed.set(canonical)
  for (const { rank, output, offsetB } of layout.slots) {
    for (let i = 0, from = offsetB; i < output; i++) for (let j = 0; j < rank; j++) placed[offsetB + j * output + i] = canonical[from++]
  }
}

/** From placed to canonical order. */
export function unplace(layout: LoraLayout, placed: Float32Array, canonical: Float32Array): void {
  canonical.set(placed)
  for (const { rank, output, offsetB } of layout.slots) {
    for (let i = 0, to = offsetB; i < output; i++) for (let j = 0; j < rank; j++) canonical[to++] = placed[offsetB + j * output + i]
  }
}
