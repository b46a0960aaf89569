import type { Adapter } from '../adapter/Adapter.ts'
import { type LinearModule, linearModules } from '../model/weightShapes.ts'
import { type BackendTraits, traitsOf } from './BackendTraits.ts'

/**
 * Where the factors of one module lie in an adapter's two slots, counted in elements: a [input, rank], and b [rank, output], or transposed [output, rank]
 * when neighbours are multiplied at once. The rank is the padded one.
 */
export type FactorPlace = { rank: number; input: number; output: number; a: number; b: number }

/** How an adapter's factors lie one after another in memory. Adapters of equal modules and ranks share one shape and are computed together. */
export type AdapterShape = {
  /** Equal for equal shapes. */
  key: string
  /** Elements of a slot of first factors, and of one of second factors. */
  length: { a: number; b: number }
  layers: Partial<Record<LinearModule, FactorPlace>>[]
  /** Modules changed in all layers. */
  modules: number
  arrangement: BackendTraits['arrangement']
}

const padded = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple

/** The shape of an adapter on a backend: ranks and the starts of factors are padded as it needs. */
export function shapeOf(adapter: Adapter, traits: BackendTraits = traitsOf({ kind: 'cpu' })): AdapterShape {
  const { alignment, arrangement } = traits
  const names: string[] = []
  const length = { a: 0, b: 0 }
  const layers = adapter.layers.map((pairs, layer) => {
    const places: AdapterShape['layers'][number] = {}
    for (const module of linearModules) {
      const pair = pairs[module]
      if (!pair) continue
      const { input, output } = pair
      const rank = padded(pair.rank, traits.rankMultiple)
      places[module] = { rank, input, output, ...length }
      length.a += padded(rank * input, alignment)
      length.b += padded(rank * output, alignment)
      names.push(`${layer}.${module}.${rank}`)
    }
    return places
  })
  return { key: names.join(' '), length: { a: Math.max(length.a, alignment), b: Math.max(length.b, alignment) }, layers, modules: names.length, arrangement }
}

/**
 * Writes an adapter's factors as its shape says. The scale is part of b, so that adapters of different scales can be multiplied at once;
 * for a power of two, as alpha / rank mostly is, this changes no bit of the result.
 * @param a @param b as long as the shape says
 */
export function packAdapter(adapter: Adapter, shape: AdapterShape, a: Float32Array, b: Float32Array): void {
  // What pads a factor must multiply to nothing.
  a.fill(0)
  b.fill(0)
  shape.layers.forEach((places, layer) => {
    for (const module of linearModules) {
      const place = places[module]
      if (!place) continue
      const pair = adapter.layers[layer]![module]!
      a.set(pair.a, place.a)
      if (shape.arrangement === 'neighbours') transposeScaled(pair, place, b)
      else copyScaled(pair, place, b)
    }
  })
}

type Factors = { b: Float32Array; rank: number; scale: number }

function transposeScaled({ b, rank, scale }: Factors, { output, b: at }: FactorPlace, target: Float32Array): void {
  for (let row = 0; row < output; row++) {
    const from = row * rank
    for (let index = 0; index < rank; index++) target[at + index * output + row] = b[from + index]! * scale
  }
}

function copyScaled({ b, rank, scale }: Factors, place: FactorPlace, target: Float32Array): void {
  for (let row = 0; row < place.output; row++) {
    const to = place.b + row * place.rank
    for (let index = 0; index < rank; index++) target[to + index] = b[row * rank + index]! * scale
  }
}
