import { type GradientPath } from '@openledger/engine'
import { type BankSide, type QuerySetName, querySets } from '../bank/BankSide.ts'
import type { ScoreTable } from '../statistics/Retrained.ts'
import type { Method } from './Method.ts'
import { halfStep, readout, tableOf } from './readout.ts'

/** How many mean removals back from the adapter the gradient is taken; several points give the mean of their gradients. */
export const triedPoints: ReadonlyMap<string, readonly number[]> = new Map([
  ['at the adapter', [0]],
  ['half a mean removal back', [0.5]],
  ['one back', [1]],
  ['two back', [2]],
  ['four back', [4]],
  ['mean of none and two back', [0, 2]],
  ['mean of one and four back', [1, 4]],
])

/** The project's own methods on one bank. */
export function ourMethods(side: BankSide): Method[] {
  const { responses, run, queries, extra } = side
  const each = (scores: (set: QuerySetName) => ScoreTable) => Object.fromEntries(querySets.map((set) => [set, scores(set)])) as Record<QuerySetName, ScoreTable>
  const own = (name: string, about: string, scores: (set: QuerySetName) => ScoreTable): Method => ({ name, about, ours: true, inNats: true, variants: new Map([['', each(scores)]]) })
  const byTable = (name: string, about: string, table: ReturnType<typeof tableOf>): Method => own(name, about, (set) => readout(side, table, queries[set].examples))
  return [
    byTable('responses', 'exact leave-one-out responses, int8', tableOf(responses, 'responses')),
    ...(extra.subsampled ? [byTable('responses-subsampled', 'responses from a third of each batch, int8', tableOf(extra.subsampled, 'responses'))] : []),
    ...(extra.halved ? [byTable('coalitions', 'from random halves alone, int8', tableOf(extra.halved, 'coalitions'))] : []),
    byTable('trajectory', 'updates as training booked them, int8', tableOf(run.contributions, 'trajectory')),
    own('half-step', 'forward check with the exact responses', (set) => halfStep(side, responses, queries[set].examples)),
  ]
}

/** The exact responses, read out with the gradient taken at other points. */
export function readoutByPoints(side: BankSide): Map<string, Record<QuerySetName, ScoreTable>> {
  const { responses, queries } = side
  const table = tableOf(responses, 'responses')
  const movement = new Float32Array(side.full.length)
  for (const r of responses) for (let i = 0; i < movement.length; i++) movement[i] += r[i] / responses.length
  const at = (removals: readonly number[]): GradientPath => ({ movement, points: removals.map((removal) => 1_000_000 * (1 - removal)) })
  return new Map([...triedPoints].map(([label, removals]) => [label, Object.fromEntries(querySets.map((set) => [set, readout(side, table, queries[set].examples, at(removals))])) as Record<QuerySetName, ScoreTable>]))
}
