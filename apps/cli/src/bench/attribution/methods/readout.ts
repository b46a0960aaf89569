import { buildInfluenceTable, buildQueryVector, gradientPath, type InfluenceTable, type MethodName, scoreAtoms } from '@openledger/attribution'
import { type AdapterProbe, type GradientPath, meanGradient, pathWeights, type TrainingExample } from '@openledger/engine'
import type { ScoreTable } from '../statistics/Retrained.ts'

const zeros = `0x${'00'.repeat(32)}` as const

/** An adapter trained on all, and what measures at its parameters. */
export type Tuned = { probe: AdapterProbe; full: Float32Array }

/** The published table of responses, int8. @param weights records per contributor */
export function tableOf(responses: readonly Float32Array[], method: MethodName, weights: readonly number[] = responses.map(() => 1)): InfluenceTable {
  const atoms = weights.map((trainingWeight, a) => ({ contributor: `0x${(a + 1).toString(16).padStart(40, '0')}` as const, trainingWeight }))
  return buildInfluenceTable(responses, { method, adapterId: zeros, baseId: zeros, atoms })
}

/**
 * Scores as the product makes them: the gradient's mean over the points of a path, quantised into a query vector, its exact integer products with the table.
 * @param path default the one of the table's method
 * @returns nats per token, one row per example
 */
export function readout({ probe, full }: Tuned, table: InfluenceTable, examples: readonly TrainingExample[], path: GradientPath = gradientPath(table)): ScoreTable {
  const gradients: Float32Array[][] = examples.map(() => [])
  for (const weights of pathWeights(full, path)) probe.gradients(weights, examples, (q, gradient) => gradients[q].push(gradient))
  return gradients.map((along) => {
    const { exponent, values } = scoreAtoms(table, buildQueryVector(meanGradient(along)))
    return Float64Array.from(values, (value) => Number(value) * 2 ** exponent)
  })
}

/** The forward check 2[ℓ(θ − r/2) − ℓ(θ)] of every contributor. */
export function halfStep({ probe, full }: Tuned, responses: readonly Float32Array[], examples: readonly TrainingExample[]): ScoreTable {
  const tuned = probe.losses(full, examples)
  const columns = responses.map((r) => probe.losses(full.map((value, i) => value - r[i] / 2), examples))
  return examples.map((_, q) => Float64Array.from(columns, (losses) => 2 * (losses[q] - tuned[q])))
}
