import { fail } from '@openledger/protocol'
import type { QuantizedVector } from './quantizeBlocks.ts'
import { addQuantized } from './quantizeBlocks.ts'

/** How far two query vectors of one answer lie apart. */
export type QueryDifference = {
  /** Byte for byte the same. */
  identical: boolean
  /** Values or exponents that differ. */
  changed: number
  /** ‖a − b‖ / ‖a‖ of the vectors that they stand for; 0 for two vectors of zeros, infinite when only `a` is one. */
  relativeL2: number
}

/**
 * Compares the query vector that was published with one that was measured again.
 * @throws InputError BAD_QUERY when their lengths differ
 */
export function compareQueries(published: QuantizedVector, measured: QuantizedVector): QueryDifference {
  const length = published.values.length
  if (measured.values.length !== length) fail('BAD_QUERY', `the vectors have ${length} and ${measured.values.length} parameters`, { field: 'query' })
  let changed = 0
  for (let i = 0; i < length; i++) if (published.values[i] !== measured.values[i]) changed++
  for (let b = 0; b < published.exponents.length; b++) if (published.exponents[b] !== measured.exponents[b]) changed++
  if (changed === 0) return { identical: true, changed, relativeL2: 0 }
  const a = new Float64Array(length)
  const difference = new Float64Array(length)
  addQuantized(a, published)
  addQuantized(difference, published)
  addQuantized(difference, measured, -1)
  const norm = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
  const size = norm(a)
  return { identical: false, changed, relativeL2: size === 0 ? Number.POSITIVE_INFINITY : norm(difference) / size }
}
