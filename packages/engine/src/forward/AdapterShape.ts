import type { Adapter } from '../adapter/Adapter.ts'
import { type LinearModule, linearModules } from '../model/weightShapes.ts'

/** Where the factors of one module lie in an adapter's slot, counted in floats: a [input, rank], b transposed [output, rank]. */
export type FactorPlace = { rank: number; input: number; output: number; a: number; b: number }

/** How an adapter's factors lie one after another in memory. Adapters of equal modules and ranks share one shape and are computed together. */
export type AdapterShape = {
  /** Equal for equal shapes. */
  key: string
  /** Length of a slot, in floats. */
  floats: number
  layers: Partial<Record<LinearModule, FactorPlace>>[]
}

/** Every factor begins at a multiple of this many floats: one cache line. */
const alignment = 16

const aligned = (count: number): number => Math.ceil(count / alignment) * alignment

/** The shape of an adapter: nothing is padded but the start of each factor. */
export function shapeOf(adapter: Adapter): AdapterShape {
  const names: string[] = []
  let at = 0
  const layers = adapter.layers.map((pairs, layer) => {
    const places: AdapterShape['layers'][number] = {}
    for (const module of linearModules) {
      const pair = pairs[module]
      if (!pair) continue
      const { rank, input, output } = pair
      const a = at
      const b = aligned(a + rank * input)
      at = aligned(b + rank * output)
      places[module] = { rank, input, output, a, b }
      names.push(`${layer}.${module}.${rank}`)
    }
    return places
  })
  return { key: names.join(' '), floats: Math.max(at, alignment), layers }
}

/**
 * Writes an adapter's factors as its shape says. The scale is part of b, so that adapters of different scales can be multiplied at once;
 * for a power of two, as alpha / rank mostly is, this changes no bit of the result.
 * @param target `shape.floats` floats
 */
export function packAdapter(adapter: Adapter, shape: AdapterShape, target: Float32Array): void {
  shape.layers.forEach((places, layer) => {
    for (const module of linearModules) {
      const place = places[module]
      if (!place) continue
      const pair = adapter.layers[layer]![module]!
      target.set(pair.a, place.a)
      transposeScaled(pair.b, place, pair.scale, target)
    }
  })
}

function transposeScaled(b: Float32Array, { rank, output, b: at }: FactorPlace, scale: number, target: Float32Array): void {
  for (let row = 0; row < output; row++) {
    const from = row * rank
    for (let index = 0; index < rank; index++) target[at + index * output + row] = b[from + index]! * scale
  }
}
