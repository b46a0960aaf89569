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
  const best: number[] = []
  for (let token = 0; token < logits.length; token++) {
    if (best.length === count && logits[token]! <= logits[best[count - 1]!]!) continue
    let at = best.length
    while (at > 0 && logits[token]! > logits[best[at - 1]!]!) at -= 1
    best.splice(at, 0, token)
    if (best.length > count) best.pop()
  }
  return best.map((token) => ({ token, logprob: logits[token]! - total }))
}
