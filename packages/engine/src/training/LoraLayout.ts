import { fail } from '@openledger/protocol'
import type { ModelConfig } from '../model/ModelConfig.ts'
import { linearModules, linearShape, type LinearModule } from '../model/weightShapes.ts'

/** One pair of low-rank matrices inside the flat array of adapter parameters. */
export type LoraSlot = {
  layer: number
  module: LinearModule
  /** GGUF name of the weight that is updated. */
  name: string
  rank: number
  /** alpha / rank. */
  scale: number
  input: number
  output: number
  /** First element of A [rank, input] row-major; B [output, rank] row-major follows at `offsetB`. */
  offsetA: number
  offsetB: number
}

/** The canonical order of all LoRA parameters: layer, then q k v o gate up down, A before B. */
export type LoraLayout = { slots: LoraSlot[]; size: number }

/** Rank and alpha of one target; undefined where the adapter leaves the module alone. */
export type LoraTarget = (layer: number, module: LinearModule) => { rank: number; scale: number } | undefined

/** Lays out the parameters of an adapter for a model. Throws `ADAPTER_EMPTY` when no module is a target. */
export function loraLayout(config: ModelConfig, target: LoraTarget): LoraLayout {
  const slots: LoraSlot[] = []
  let size = 0
  for (let layer = 0; layer < config.layers; layer++) {
    for (const module of linearModules) {
      const chosen = target(layer, module)
      if (chosen === undefined) continue
      const { rank, scale } = chosen
      const { input, output } = linearShape(config, module)
      if (!Number.isSafeInteger(rank) || rank < 1 || rank > Math.min(input, output)) {
        fail('ADAPTER_RANK', `rank ${rank} does not fit ${module} of ${input} × ${output}`, { field: 'rank' })
      }
      if (!Number.isFinite(scale) || scale === 0) fail('ADAPTER_SCALE', `the scale of ${module} is ${scale}`, { field: 'alpha' })
      slots.push({ layer, module, name: `blk.${layer}.${module}.weight`, rank, scale, input, output, offsetA: size, offsetB: size + rank * input })
      size += rank * (input + output)
    }
  }
  if (slots.length === 0) fail('ADAPTER_EMPTY', 'no linear module of the model is a target of the adapter', { field: 'targets' })
  return { slots, size }
}
