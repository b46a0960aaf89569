import { policy } from '../policy.ts'

/**
 * τ: twice the (lower) median of |s| from eight atoms on, twice a lower order statistic for two to seven, 0 for one. Why: see `policy`.
 * @returns τ in the unit of the scores
 */
export function noiseFloor(scores: readonly bigint[]): bigint {
  const n = scores.length
  if (n <= 1) return 0n
  const sizes = scores.map((s) => (s < 0n ? -s : s)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const rank = n >= policy.medianFromAtoms ? Math.floor((n - 1) / 2) : Math.floor((n - 1) / 4)
  return BigInt(policy.noiseFactor) * sizes[rank]
}
