import type { ChoiceParameters } from './chooseToken.ts'
import type { RankedTokens } from './RankedTokens.ts'

/** How many leading tokens top-k, top-p and min-p leave, and their summed weight. @param ranked at least one token */
export function keptTokens(ranked: RankedTokens, { topK, topP, minP }: Omit<ChoiceParameters, 'temperature'>): { count: number; mass: number } {
  let count = topK > 0 ? Math.min(topK, ranked.count) : ranked.count
  let mass = ranked.massOf(count)
  if (topP < 1) count = Math.min(count, ranked.leadingMass(topP * mass))
  // The first weight is 1, so min-p is a bound on the weights themselves.
  if (minP > 0) count = Math.max(1, Math.min(count, ranked.leadingWeight(minP)))
  if (topP < 1 || minP > 0) mass = ranked.massOf(count)
  return { count, mass }
}
