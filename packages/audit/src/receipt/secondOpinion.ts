import { addQuantized, scoreAtoms, type InfluenceTable, type QueryVector } from '@openledger/attribution'
import type { EngineHost } from '@openledger/engine'
import type { SecondOpinion } from '../report/AuditReport.ts'
import { rankCorrelation } from './rankCorrelation.ts'

/** Movements that cross the thread border at once. */
const atOnce = 8

/**
 * Asks the model itself what its answer would lose without each atom, by forward passes half way there: 2·[ℓ(θ − r_a/2) − ℓ(θ)]. The slope at the
 * middle of the way tells more of the whole way than the slope at its end, which the gradient is. It is an opinion: nothing is paid by it.
 * @param prompt token ids of the rendered prompt; @param answer token ids of the answer, at least one
 */
export async function secondOpinion(host: Pick<EngineHost, 'lossesAfter'>, table: InfluenceTable, query: QueryVector, prompt: readonly number[], answer: readonly number[]): Promise<SecondOpinion> {
  const tokens = [...prompt, ...answer]
  const [own] = await host.lossesAfter(table.adapterId, tokens, prompt.length, [new Float32Array(table.parameterCount)])
  const halfSteps: number[] = []
  for (let from = 0; from < table.atoms.length; from += atOnce) {
    const movements = table.atoms.slice(from, from + atOnce).map((atom) => {
      const half = new Float64Array(table.parameterCount)
      addQuantized(half, atom, 0.5)
      return Float32Array.from(half)
    })
    const losses = await host.lossesAfter(table.adapterId, tokens, prompt.length, movements)
    halfSteps.push(...losses.map((loss) => 2 * (loss - own!)))
  }
  const { exponent, values } = scoreAtoms(table, query)
  const scores = values.map((value) => Number(value) * 2 ** exponent)
  const first = (list: readonly number[]): number => list.reduce((best, v, i) => (v > list[best]! ? i : best), 0)
  return {
    atoms: table.atoms.map(({ contributor }, a) => ({ contributor, score: scores[a]!, halfStep: halfSteps[a]! })),
    rankCorrelation: rankCorrelation(scores, halfSteps),
    sameFirst: first(scores) === first(halfSteps),
  }
}
