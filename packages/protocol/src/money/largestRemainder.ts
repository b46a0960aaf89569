import { fail } from '../errors/fail.ts'

/**
 * Divides a whole number by weights so that the parts sum to it exactly: each part is its floor, and the units left over go
 * to the largest remainders; equal remainders go by `tieBreak`, smaller first.
 * @param total what is divided, smallest unit, at least 0
 * @param weights at least 0 each; when all are 0 every part is 0 and nothing is divided
 * @param tieBreak a distinct key for each weight; default: its index
 */
export function largestRemainder(total: bigint, weights: readonly bigint[], tieBreak?: readonly string[]): bigint[] {
  if (total < 0n || weights.some((w) => w < 0n)) fail('NEGATIVE_AMOUNT', 'amounts and weights are at least 0')
  const sum = weights.reduce((a, b) => a + b, 0n)
  if (sum === 0n) return weights.map(() => 0n)
  const parts = weights.map((w) => (total * w) / sum)
  const remainders = weights.map((w, i) => ({ i, remainder: (total * w) % sum }))
  remainders.sort((a, b) => {
    if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1
    if (tieBreak && tieBreak[a.i] !== tieBreak[b.i]) return tieBreak[a.i]! < tieBreak[b.i]! ? -1 : 1
    return a.i - b.i
  })
  let left = total - parts.reduce((a, b) => a + b, 0n)
  for (const { i } of remainders) {
    if (left === 0n) break
    parts[i] = parts[i]! + 1n
    left -= 1n
  }
  return parts
}
