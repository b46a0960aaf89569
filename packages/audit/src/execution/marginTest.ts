/**
 * What honest machines of other instruction sets stay below: the margins (see `tokenMargin`) of an answer's tokens, summed, may run ahead of `perToken` for each token by no
 * more than `wrongAbove` anywhere in the answer, but in one of ten thousand answers. Measured by `openledger bench sensitivity` on the tiny base; see docs/network.md. In logits.
 */
export const marginTolerance = { perToken: 0.01, wrongAbove: 0.15, rightBelow: 0.075 } as const

/** How far the sum of margins runs ahead at most, and after how many tokens it first ran ahead too far; null where it never does. */
export type MarginRun = { ahead: number; wrongAfter: number | null }

/** Sums the margins of an answer's tokens. @param margins one for each token, at least 0 */
export function runOfMargins(margins: readonly number[], { perToken, wrongAbove }: { perToken: number; wrongAbove: number } = marginTolerance): MarginRun {
  let [sum, ahead] = [0, 0]
  let wrongAfter: number | null = null
  margins.forEach((margin, i) => {
    sum += margin - perToken
    ahead = Math.max(ahead, sum)
    if (wrongAfter === null && sum > wrongAbove) wrongAfter = i + 1
  })
  return { ahead, wrongAfter }
}
