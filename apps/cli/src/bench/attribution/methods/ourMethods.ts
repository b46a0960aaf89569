import { buildInfluenceTable, buildQueryVector, type MethodName, policy, scoreAtoms } from '@openledger/attribution'
import { meanGradient, pathWeights } from '@openledger/engine'
import { type BankSide, type QuerySetName, querySets } from '../bank/BankSide.ts'
import type { ScoreTable } from '../statistics/Retrained.ts'
import type { Method } from './Method.ts'

const zeros = `0x${'00'.repeat(32)}` as const

/** Where gradients are taken: θ − (1 − t)·Σ r at each t, in ppm. */
export type Points = readonly number[]

/**
 * Scores as the product makes them: responses quantised into a table, the mean gradient over the points quantised into a query vector,
 * their exact integer product.
 */
export function readout(side: BankSide, responses: readonly Float32Array[], points: Points, set: QuerySetName, method: MethodName = 'trajectory'): ScoreTable {
  const { probe, full, queries } = side
  const atoms = responses.map((_, a) => ({ contributor: `0x${(a + 1).toString(16).padStart(40, '0')}` as const, trainingWeight: 1 }))
  const table = buildInfluenceTable(responses, { method, adapterId: zeros, baseId: zeros, atoms })
  const movement = new Float32Array(full.length)
  for (const r of responses) for (let i = 0; i < movement.length; i++) movement[i] += r[i]
  const { examples } = queries[set]
  const gradients: Float32Array[][] = examples.map(() => [])
  for (const weights of pathWeights(full, { movement, points })) probe.gradients(weights, examples, (q, gradient) => gradients[q].push(gradient))
  return gradients.map((along) => {
    const { exponent, values } = scoreAtoms(table, buildQueryVector(meanGradient(along)))
    return Float64Array.from(values, (value) => Number(value) * 2 ** exponent)
  })
}

/** The forward check 2[ℓ(θ − r/2) − ℓ(θ)] of every contributor. */
export function halfStep({ probe, full, queries }: BankSide, responses: readonly Float32Array[], set: QuerySetName): ScoreTable {
  const { examples, tuned } = queries[set]
  const columns = responses.map((r) => probe.losses(full.map((value, i) => value - r[i] / 2), examples))
  return examples.map((_, q) => Float64Array.from(columns, (losses) => 2 * (losses[q] - tuned[q])))
}

/** Points tried for the exact responses: at the adapter, part of one mean removal back, and along the whole way. */
export function triedPoints(contributors: number): Map<string, Points> {
  const back = (removals: number): number => Math.round(1_000_000 * (1 - removals / contributors))
  return new Map<string, Points>([
    ['at the adapter', [1_000_000]],
    ['half a mean removal back', [back(0.5)]],
    ['one mean removal back', [back(1)]],
    ['two mean removals back', [back(2)]],
    ['a quarter of all back', [750_000]],
    ['ends of two mean removals', [back(2), 1_000_000]],
    ['four along the way', policy.pathPoints.trajectory],
  ])
}

/** The project's own methods on one bank. */
export function ourMethods(side: BankSide): Method[] {
  const each = (scores: (set: QuerySetName) => ScoreTable) => Object.fromEntries(querySets.map((set) => [set, scores(set)])) as Record<QuerySetName, ScoreTable>
  const own = (name: string, about: string, variants: Method['variants']): Method => ({ name, about, ours: true, inNats: true, variants })
  const points = [...triedPoints(side.contributors)]
  return [
    own('responses', 'exact leave-one-out responses, int8, one gradient', new Map(points.map(([label, at]) => [label, each((set) => readout(side, side.responses, at, set))]))),
    own('half-step', 'forward check with the same responses', new Map([['', each((set) => halfStep(side, side.responses, set))]])),
    own('trajectory', 'updates as training booked them, int8, gradient at four points', new Map([['', each((set) => readout(side, side.run.contributions, policy.pathPoints.trajectory, set))]])),
  ]
}
