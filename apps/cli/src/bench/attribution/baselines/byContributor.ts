import type { ScoreTable } from '../statistics/Retrained.ts'

/**
 * A contributor's score is the sum over its examples.
 * @param scores per query, one per training example
 * @param groups the contributor of each training example
 */
export function byContributor(scores: ScoreTable, groups: readonly number[], contributors: number): Float64Array[] {
  return scores.map((row) => {
    const sums = new Float64Array(contributors)
    groups.forEach((group, i) => (sums[group] += row[i]))
    return sums
  })
}
