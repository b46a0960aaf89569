import type { Adapter } from '../adapter/Adapter.ts'
import type { AdapterConfig } from '../adapter/AdapterConfig.ts'
import { type AdapterBase, makeAdapter } from '../adapter/peftFolder.ts'
import { linearModules } from '../model/weightShapes.ts'
import type { AdapterRecipe } from './AdapterRecipe.ts'
import { loraLayout, type LoraLayout } from './LoraLayout.ts'

/** An adapter as the trainer sees it: all LoRA parameters in one flat array, and their layout. */
export type AdapterParameters = { layout: LoraLayout; weights: Float32Array }

/** Lays out an adapter of a model in canonical order; the array is a new one. */
export function adapterParameters(adapter: Adapter, base: AdapterBase): AdapterParameters {
  const layout = loraLayout(base.config, (layer, module) => adapter.layers[layer]?.[module])
  const weights = new Float32Array(layout.size)
  for (const slot of layout.slots) {
    const pair = adapter.layers[slot.layer]![slot.module]!
    weights.set(pair.a, slot.offsetA)
    weights.set(pair.b, slot.offsetB)
  }
  return { layout, weights }
}

/** Makes the adapter of trained parameters: computes its id and copies the factors. */
export function adapterFromParameters(parameters: AdapterParameters, recipe: Pick<AdapterRecipe, 'rank' | 'alpha' | 'targets'>, base: AdapterBase): Adapter {
  const { rank, alpha, targets } = recipe
  const ordered = linearModules.filter((module) => targets.includes(module))
  const config: AdapterConfig = { rank, alpha, rsLora: false, targets: ordered, alphaPattern: {}, rankPattern: {}, base: base.id }
  const layers: Adapter['layers'] = Array.from({ length: base.config.layers }, () => ({}))
  for (const slot of parameters.layout.slots) {
    layers[slot.layer]![slot.module] = {
      rank: slot.rank,
      input: slot.input,
      output: slot.output,
      a: parameters.weights.slice(slot.offsetA, slot.offsetB),
      b: parameters.weights.slice(slot.offsetB, slot.offsetB + slot.rank * slot.output),
      scale: slot.scale,
    }
  }
  return makeAdapter(config, layers, base)
}
