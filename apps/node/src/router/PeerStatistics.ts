/** What is known of one figure among nodes of the same base. */
export type Spread = { mean: number; deviation: number }

/** z-scores beyond this say no more than that a node is an outlier. */
const farthest = 3

/** Mean and standard deviation of finite values; zeros for none. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: 0, deviation: 0 }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}

/** How many standard deviations a value lies above the mean, between -3 and 3; 0 where all values are the same. */
export function zScore(value: number, { mean, deviation }: Spread): number {
  if (deviation <= 1e-9 * Math.max(1, Math.abs(mean))) return 0
  return Math.max(-farthest, Math.min(farthest, (value - mean) / deviation))
}
