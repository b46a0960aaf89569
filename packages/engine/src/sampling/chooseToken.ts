import type { Sampling } from '@openledger/protocol'
import { keptTokens } from './keptTokens.ts'
import { largestLogits } from './largestLogits.ts'
import { RankedTokens } from './RankedTokens.ts'

/** The part of the sampling parameters that a choice among final logits depends on. */
export type ChoiceParameters = Pick<Sampling, 'temperature' | 'topK' | 'topP' | 'minP'>

/** Above this, the k largest are found among all ranked tokens instead of by a list kept in order. */
const shortList = 256

/**
 * Chooses the next token from logits that a schema and penalties have already changed. In this order: temperature, top-k,
 * top-p (Holtzman et al. 2020) over what top-k left, min-p (Nguyen et al. 2024), then a draw by inverse cumulative probability
 * from the largest logit down. Temperature 0 takes the largest logit, the smaller id on a tie. A token at -Infinity is never chosen.
 * @param logits one per token, at least one of them finite; not changed
 * @param draw a number in [0, 1)
 * @returns the token, or -1 when every logit is -Infinity
 */
export function chooseToken(logits: Float32Array, { temperature, topK, topP, minP }: ChoiceParameters, draw: number): number {
  if (temperature === 0) return largest(logits)
  const short = topK > 0 && topK <= shortList && topK < logits.length
  const ranked = new RankedTokens(logits, temperature, short ? largestLogits(logits, topK) : undefined)
  if (ranked.count === 0) return -1
  const { count, mass } = keptTokens(ranked, { topK, topP, minP })
  return ranked.tokenAtMass(draw * mass, count)
}

function largest(logits: Float32Array): number {
  let best = -1
  let most = -Infinity
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!
    if (logit > most) {
      most = logit
      best = token
    }
  }
  return best
}
