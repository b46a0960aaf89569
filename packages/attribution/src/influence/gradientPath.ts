import type { GradientPath } from '@openledger/engine'
import { influenceMethod } from './InfluenceMethod.ts'
import type { InfluenceTable } from './InfluenceTable.ts'
import { addQuantized } from './quantizeBlocks.ts'

/**
 * Where the engine takes an answer's gradient for a table: θ − (1 − t)·m at each point t of the table's method, m being Σ r_a or its mean
 * over the atoms that were trained on. Found from public data alone; compute it once per adapter and pass it to the engine's
 * `answerGradient`, whose mean gradient `buildQueryVector` takes.
 */
export function gradientPath(table: InfluenceTable): GradientPath {
  const { pathPoints, pathMovement } = influenceMethod(table.method)
  const sum = new Float64Array(table.parameterCount)
  for (const atom of table.atoms) addQuantized(sum, atom)
  const trained = Math.max(1, table.atoms.filter(({ trainingWeight }) => trainingWeight > 0).length)
  const parts = pathMovement === 'mean' ? trained : 1
  return { movement: Float32Array.from(sum, (value) => value / parts), points: pathPoints }
}
