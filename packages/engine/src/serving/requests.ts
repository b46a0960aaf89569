import type { Hex, Sampling } from '@openledger/protocol'
import type { TokenProbability } from '../sampling/logProbability.ts'

export type GenerateRequest = {
  /** Null for the bare base. */
  adapterId: Hex | null
  promptTokens: readonly number[]
  sampling: Sampling
  /** How many alternatives to report per token; default none. */
  topLogprobs?: number
  /** Report the SHA-256 of each token's logits (little-endian F32), for receipts; default false. */
  logitsHashes?: boolean
}

/** One generated token, as it streams. */
export type GeneratedToken = {
  token: number
  /** Text that became certain with this token; may be empty inside a character or a possible stop string. */
  text: string
  /** Natural logarithm of the token's probability by the raw logits. */
  logprob: number
  top: TokenProbability[]
}

export type GenerateResult = {
  /** The answer's tokens, without the token that ended it. */
  tokens: number[]
  /** The answer's text, cut before a stop string. */
  text: string
  logprobs: number[]
  /** Per token; empty unless asked for. */
  top: TokenProbability[][]
  /** Per token; empty unless asked for. */
  logitsHashes: Hex[]
  /** `stop`: the model or a stop string ended it; `length`: max tokens or the context did. */
  finishReason: 'stop' | 'length'
  promptTokens: number
}

export type ScoreRequest = {
  adapterId: Hex | null
  tokens: readonly number[]
  /** Index of the first token to score, at least 1: a token is scored by what stands before it. */
  from: number
}
