import { type BankSide, type QuerySet, type QuerySetName, querySets } from '../bank/BankSide.ts'
import type { MethodResult, SetFigures } from '../results/MethodResult.ts'
import { bootstrapInterval } from '../statistics/bootstrapInterval.ts'
import { ldsByQuery, mean, slopeThroughOrigin } from '../statistics/lds.ts'
import type { ScoreTable } from '../statistics/Retrained.ts'
import { spearman } from '../statistics/spearman.ts'
import type { Method } from './Method.ts'
import { shareError } from './shareError.ts'

/** Chooses each method's damping by its LDS on one bank and reports what it reaches on another. */
export function evaluateMethods(methods: readonly Method[], side: BankSide, chosenOn: { methods: readonly Method[]; side: BankSide }): MethodResult[] {
  const weights = trainingWeights(side)
  return methods.map((method) => {
    const other = chosenOn.methods.find(({ name }) => name === method.name) ?? method
    const chosen = eachSet((set) => other.variants.size === 1 ? [...other.variants.keys()][0] : [...other.variants].map(([label, scores]) => ({ label, lds: mean(ldsByQuery(scores[set], chosenOn.side.queries[set].random)) })).reduce((best, next) => (next.lds > best.lds ? next : best)).label)
    const { name, about, ours, inNats } = method
    return { name, about, ours, chosen, figures: eachSet((set) => figuresOf(method.variants.get(chosen[set])![set], side.queries[set], inNats ? weights : undefined)) }
  })
}

/** Records of each contributor. */
export function trainingWeights({ examples, contributors }: BankSide): number[] {
  return Array.from({ length: contributors }, (_, a) => examples.filter(({ group }) => group === a).length)
}

/** All figures of one table of scores. @param weights records per contributor, for scores in nats */
export function figuresOf(scores: ScoreTable, queries: QuerySet, weights?: readonly number[]): SetFigures {
  const { random, leftOut } = queries
  const truth = scores.map((_, q) => leftOut.map(({ rise }) => rise[q]))
  const interval = bootstrapInterval(scores.length, random.length, (chosen, retrainings) => {
    const bank = Array.from(retrainings, (r) => random[r])
    const picked = bank.map(({ without, rise }) => ({ without, rise: Array.from(chosen, (q) => rise[q]) }))
    return mean(ldsByQuery(Array.from(chosen, (q) => scores[q]), picked))
  })
  return {
    lds: mean(ldsByQuery(scores, random)),
    interval,
    leftOut: mean(scores.map((row, q) => spearman(row, truth[q]))),
    ...(weights === undefined ? {} : { slope: slopeThroughOrigin(scores, truth), shareError: shareError(scores, queries, weights) }),
  }
}

export const eachSet = <T>(make: (set: QuerySetName) => T): Record<QuerySetName, T> => Object.fromEntries(querySets.map((set) => [set, make(set)])) as Record<QuerySetName, T>
