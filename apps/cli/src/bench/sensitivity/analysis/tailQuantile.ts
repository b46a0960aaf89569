import { fail } from '@openledger/protocol'

/** A tail that was fitted to the largest values of a sample. */
export type FittedTail = {
  /** What is exceeded with the wanted rate. */
  quantile: number
  /** Values in all, and those above the fit's threshold. */
  count: number
  exceedances: number
  threshold: number
  scale: number
  /** 0 for an exponential tail; above, heavier. */
  shape: number
  largest: number
}

/** The part of the values that the tail is fitted to. */
const tailPart = 0.05

/**
 * What is exceeded with a small rate, beyond what a sample of this size shows: a generalised Pareto distribution fitted to what the largest twentieth exceeds its threshold by
 * (peaks over threshold: Pickands 1975), by probability-weighted moments (Hosking and Wallis 1987). A shape below 0, which would give the tail an end, is taken as 0; and the
 * result is never below the largest value seen.
 * @param values at least 200 of them
 * @param rate wanted rate, below the tail's part
 */
export function tailQuantile(values: readonly number[], rate: number): FittedTail {
  if (values.length < 200) fail('FEW_VALUES', `${values.length} values are too few to fit a tail`, { fix: 'measure more honest answers' })
  const sorted = [...values].sort((a, b) => a - b)
  const threshold = sorted[Math.floor((1 - tailPart) * sorted.length)]!
  const excess = sorted.filter((value) => value > threshold).map((value) => value - threshold)
  const largest = sorted.at(-1)!
  const n = excess.length
  if (n === 0) return { quantile: largest, count: values.length, exceedances: 0, threshold, scale: 0, shape: 0, largest }
  const mean = excess.reduce((sum, x) => sum + x, 0) / n
  const weighted = excess.reduce((sum, x, i) => sum + (1 - (i + 0.65) / n) * x, 0) / n
  const fitted = 2 - mean / (mean - 2 * weighted)
  const shape = Number.isFinite(fitted) && fitted > 0 ? Math.min(fitted, 0.5) : 0
  const scale = shape === 0 ? mean : mean * (1 - shape)
  const beyond = n / values.length / rate
  const quantile = threshold + (shape === 0 ? scale * Math.log(beyond) : (scale / shape) * (beyond ** shape - 1))
  return { quantile: Math.max(quantile, largest), count: values.length, exceedances: n, threshold, scale, shape, largest }
}
