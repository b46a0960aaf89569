/** Ranks from 1; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1)
}

/** Spearman's rank correlation of two lists of one length; 0 when either does not vary. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [ranksOf(x), ranksOf(y)]
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length
  const [ma, mb] = [mean(a), mean(b)]
  const sum = (f: (i: number) => number): number => a.reduce((total, _, i) => total + f(i), 0)
  const [xx, yy] = [sum((i) => (a[i]! - ma) ** 2), sum((i) => (b[i]! - mb) ** 2)]
  return xx === 0 || yy === 0 ? 0 : sum((i) => (a[i]! - ma) * (b[i]! - mb)) / Math.sqrt(xx * yy)
}
