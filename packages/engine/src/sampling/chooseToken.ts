import type { Sampling } from '@openledger/protocol'
import { largestLogits } from './largestLogits.ts'

/** The part of the sampling parameters that choosing one token depends on. */
export type ChoiceParameters = Pick<Sampling, 'temperature' | 'topK' | 'topP' | 'minP' | 'repetitionPenalty'>

/**
 * Chooses the next token. In this order: repetition penalty (Keskar et al. 2019), temperature, top-k, top-p (Holtzman et al. 2020),
 * min-p (Nguyen et al. 2024), then a draw by inverse cumulative probability. Temperature 0 takes the largest logit, the smaller id on a tie.
 * @param logits raw, one per token; not changed
 * @param seen tokens of prompt and answer so far, for the repetition penalty
 * @param draw a number in [0, 1)
 */
export function chooseToken(logits: Float32Array, parameters: ChoiceParameters, seen: ReadonlySet<number>, draw: number): number {
  const penalised = penalise(logits, parameters.repetitionPenalty, seen)
  if (parameters.temperature === 0) return largest(penalised)
  const candidates = largestLogits(penalised, parameters.topK)
  const top = penalised[candidates[0]!]!
  let weights = candidates.map((token) => Math.exp((penalised[token]! - top) / parameters.temperature))
  let count = candidates.length
  if (parameters.topP < 1) {
    const enough = parameters.topP * weights.reduce((sum, weight) => sum + weight, 0)
    let sum = 0
    count = weights.findIndex((weight) => (sum += weight) >= enough) + 1 || count
  }
  // The first weight is 1, so min-p is a bound on the weights themselves.
  while (count > 1 && weights[count - 1]! < parameters.minP) count -= 1
  weights = weights.slice(0, count)
  let left = draw * weights.reduce((sum, weight) => sum + weight, 0)
  for (let index = 0; index < count - 1; index++) {
    left -= weights[index]!
    if (left < 0) return candidates[index]!
  }
  return candidates[count - 1]!
}

function penalise(logits: Float32Array, penalty: number, seen: ReadonlySet<number>): Float32Array {
  if (penalty === 1) return logits
  const changed = logits.slice()
  for (const token of seen) changed[token] = changed[token]! > 0 ? changed[token]! / penalty : changed[token]! * penalty
  return changed
}

function largest(logits: Float32Array): number {
  let best = 0
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token
  return best
}
