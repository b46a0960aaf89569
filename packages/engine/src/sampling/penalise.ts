import type { Sampling } from '@openledger/protocol'

/** The part of the sampling parameters that changes logits before a choice. */
export type PenaltyParameters = Pick<Sampling, 'repetitionPenalty' | 'presencePenalty' | 'frequencyPenalty' | 'logitBias'>

/** What stands before the token to choose. */
export type TokenHistory = {
  /** The tokens of prompt and answer. */
  seen: ReadonlySet<number>
  /** How often the answer holds each of its tokens. */
  generated: ReadonlyMap<number, number>
}

/** Whether these parameters change any logit. */
export function changesLogits({ repetitionPenalty, presencePenalty = 0, frequencyPenalty = 0, logitBias = [] }: PenaltyParameters): boolean {
  return repetitionPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0 || logitBias.length > 0
}

/**
 * Changes logits in place, each step rounded to F32: repetition penalty over prompt and answer (Keskar et al. 2019), then presence and
 * frequency penalty over the answer (as OpenAI defines them), then biases. A bias for a token outside the vocabulary does nothing.
 */
export function penalise(logits: Float32Array, { repetitionPenalty, presencePenalty = 0, frequencyPenalty = 0, logitBias = [] }: PenaltyParameters, { seen, generated }: TokenHistory): void {
  if (repetitionPenalty !== 1) {
    for (const token of seen) logits[token] = logits[token]! > 0 ? logits[token]! / repetitionPenalty : logits[token]! * repetitionPenalty
  }
  if (presencePenalty !== 0 || frequencyPenalty !== 0) {
    for (const [token, count] of generated) logits[token] = logits[token]! - (presencePenalty + frequencyPenalty * count)
  }
  for (const [token, bias] of logitBias) if (token < logits.length) logits[token] = logits[token]! + bias
}
