import { largestLogits } from './largestLogits.ts'

/** log(sum(exp(logits))), computed in double precision around the maximum. */
export function logSumExp(logits: Float32Array): number {
  let most = -Infinity
  for (const value of logits) if (value > most) most = value
  let sum = 0
  for (const value of logits) sum += Math.exp(value - most)
  return most + Math.log(sum)
}

export type TokenProbability = { token: number; logprob: number }

/** The `count` most probable tokens by raw logits, best first, equal logits by the smaller id. */
export function topTokens(logits: Float32Array, count: number): TokenProbability[] {
  if (count <= 0) return []
  const total = logSumExp(logits)
  return largestLogits(logits, count).map((token) => ({ token, logprob: logits[token]! - total }))
}
