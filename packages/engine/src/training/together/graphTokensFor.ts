import type { FullShape } from '../ModelShape.ts'

const memory = 512 << 20
/** Beyond this no graph was measured to be faster by the token. */
const most = 2048

/** How many tokens of several coalitions one graph takes: as many as help, as far as its intermediate results fit the memory. */
export function graphTokensFor({ layers, dim, ff, vocab }: FullShape): number {
  const bytesPerToken = 4 * (layers * (12 * dim + 6 * ff) + vocab)
  return Math.max(1, Math.min(most, Math.floor(memory / bytesPerToken)))
}
