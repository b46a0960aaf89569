import type { GradientPath } from '@openledger/engine'
import { pathPointsOf } from './InfluenceMethod.ts'
import type { InfluenceTable } from './InfluenceTable.ts'
import { addQuantized } from './quantizeBlocks.ts'

/**
 * Where the engine takes an answer's gradient for a table: θ − (1 − t)·Σ r_a at each point t of the table's method. Found from public
 * data alone; compute it once per adapter and pass it to the engine's `answerGradient`, whose mean gradient `buildQueryVector` takes.
 */
export function gradientPath(table: InfluenceTable): GradientPath {
  const sum = new Float64Array(table.parameterCount)
  for (const atom of table.atoms) addQuantized(sum, atom)
  return { movement: Float32Array.from(sum), points: pathPointsOf(table.method) }
}
