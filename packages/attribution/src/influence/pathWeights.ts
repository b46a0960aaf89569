import { fail } from '@openledger/protocol'
import { pathPointsOf } from './InfluenceMethod.ts'
import type { InfluenceTable } from './InfluenceTable.ts'
import { addQuantized } from './quantizeBlocks.ts'

/**
 * The adapter weights at which an answer's gradient is taken: θ − (1 − t)·Σ r_a for each path point t of the table's method. Found
 * from public data alone, the adapter and its table; compute them once per adapter.
 * @param tuned the adapter's parameters, flat, in the table's order; not changed
 * @returns one array per path point, owned by the caller
 */
export function pathWeights(table: InfluenceTable, tuned: Float32Array): Float32Array[] {
  if (tuned.length !== table.parameterCount) fail('BAD_TABLE', `the adapter has ${tuned.length} parameters, its table ${table.parameterCount}`, { field: 'tuned' })
  const movement = new Float64Array(tuned.length)
  for (const atom of table.atoms) addQuantized(movement, atom)
  return pathPointsOf(table.method).map((ppm) => {
    const back = (1_000_000 - ppm) / 1_000_000
    return Float32Array.from(tuned, (weight, i) => weight - back * movement[i])
  })
}

/**
 * The mean of the gradients at the path points: what `buildQueryVector` takes.
 * @param gradients one per path point, in their order, of the mean loss per answer token
 */
export function meanGradient(gradients: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(gradients[0]?.length ?? 0)
  for (const gradient of gradients) {
    if (gradient.length !== sum.length) fail('BAD_GRADIENT', 'the gradients have different lengths', { field: 'gradients' })
    for (let i = 0; i < sum.length; i++) sum[i] += gradient[i]
  }
  return Float32Array.from(sum, (value) => value / gradients.length)
}
