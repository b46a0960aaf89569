import type { Retrained, ScoreTable } from './Retrained.ts'
import { spearman } from './spearman.ts'

/**
 * Linear datamodelling score per query (Park et al. 2023): the rank correlation, over retrainings, of the summed scores of those left
 * out with the true rise of the loss.
 */
export function ldsByQuery(scores: ScoreTable, bank: readonly Retrained[]): Float64Array {
  return Float64Array.from(scores, (row, query) =>
    spearman(
      bank.map(({ without }) => without.reduce((sum, a) => sum + row[a], 0)),
      bank.map(({ rise }) => rise[query]),
    ),
  )
}

/** The mean over queries. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum / values.length
}

/** Least-squares slope through the origin of the true changes on the predicted ones: 1 when predictions have the right size. */
export function slopeThroughOrigin(predicted: readonly ArrayLike<number>[], truth: readonly ArrayLike<number>[]): number {
  let [xx, xy] = [0, 0]
  predicted.forEach((row, i) => {
    for (let j = 0; j < row.length; j++) {
      xx += row[j] * row[j]
      xy += row[j] * truth[i][j]
    }
  })
  return xx > 0 ? xy / xx : 0
}

/** Half the sum of absolute differences of two divisions of one pool; what a division leaves over to 1 is a part like the others. */
export function totalVariation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [sum, restA, restB] = [0, 1, 1]
  for (let i = 0; i < a.length; i++) {
    sum += Math.abs(a[i] - b[i])
    restA -= a[i]
    restB -= b[i]
  }
  return (sum + Math.abs(restA - restB)) / 2
}
