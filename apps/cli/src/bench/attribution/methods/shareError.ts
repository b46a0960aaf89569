import { influenceShares, microNats, type Scores } from '@openledger/attribution'
import type { QuerySet } from '../bank/BankSide.ts'
import { mean, totalVariation } from '../statistics/lds.ts'
import type { ScoreTable } from '../statistics/Retrained.ts'

const bits = 60
const answerKey = `0x${'00'.repeat(32)}` as const
const whole = 1_000_000

/** Scores in nats as the integers that the share rule takes. */
export function integerScores(row: ArrayLike<number>): Scores {
  return { exponent: -bits, values: Array.from(row, (score) => BigInt(Math.round(score * 2 ** bits))) }
}

/** What the product's rule makes of scores: parts of the contributors' part of an answer, one per contributor. */
export function sharesOf(row: ArrayLike<number>, weights: readonly number[], losses: { base: number; tuned: number }, baseSurprisal?: readonly number[]): Float64Array {
  const atoms = weights.map((trainingWeight, a) => ({ contributor: `0x${(a + 1).toString(16).padStart(40, '0')}` as const, trainingWeight }))
  const shares = influenceShares({ scores: integerScores(row), atoms, losses: { base: microNats(losses.base), tuned: microNats(losses.tuned) }, answerKey, baseSurprisal })
  return Float64Array.from(shares, ({ sharePpm }) => sharePpm / whole)
}

/**
 * Mean distance (total variation) of the pay by scores from the pay by the true leave-one-out changes, by the same rule; what influence leaves over goes by training
 * weight in both.
 */
export function shareError(scores: ScoreTable, { base, tuned, leftOut }: QuerySet, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const paid = (row: ArrayLike<number>, q: number): Float64Array => {
    const shares = sharesOf(row, weights, { base: base[q], tuned: tuned[q] })
    const rest = 1 - shares.reduce((sum, share) => sum + share, 0)
    return shares.map((share, a) => share + (rest * weights[a]) / total)
  }
  return mean(scores.map((row, q) => totalVariation(paid(row, q), paid(leftOut.map(({ rise }) => rise[q]), q))))
}

/** The same between the parts paid by influence alone, brought to one: how wrong the division is, whatever its size. */
export function divisionError(scores: ScoreTable, { leftOut }: QuerySet): number {
  const useful = (row: ArrayLike<number>): Float64Array => {
    const positive = Float64Array.from(row, (score) => Math.max(0, score))
    const sum = positive.reduce((a, b) => a + b, 0)
    return positive.map((score) => (sum > 0 ? score / sum : 1 / positive.length))
  }
  return mean(scores.map((row, q) => totalVariation(useful(row), useful(leftOut.map(({ rise }) => rise[q])))))
}
