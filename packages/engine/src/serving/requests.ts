import type { Hex, Sampling } from '@openledger/protocol'
import type { TokenProbability } from '../sampling/logProbability.ts'

export type RequestPriority = 'high' | 'normal' | 'low'

/** What scheduling knows of any request. */
export type Scheduling = {
  /** Whom the engine's time is shared out among; default one payer for all. */
  payer?: string
  /** Default normal. */
  priority?: RequestPriority
  /** Give up with `DEADLINE_EXCEEDED` when the answer is not finished this long after the request came. */
  deadlineMs?: number
}

export type GenerateRequest = Scheduling & {
  /** Null for the bare base. */
  adapterId: Hex | null
  /** Several adapters whose changes are added up by these weights, instead of `adapterId`. */
  mix?: readonly { adapterId: Hex; weight: number }[]
  promptTokens: readonly number[]
  sampling: Sampling
  /**
   * Tokens that the answer has already: it goes on after them. Each is chosen once more, and one that would not have been chosen is refused. They are
   * part of the result, but do not stream. Default none.
   */
  answered?: readonly number[]
  /** Where `answered` is not what would have been chosen, say so in `differing` and go on after the token that the answer has, instead of refusing; default false. */
  compare?: boolean
  /** How many alternatives to report per token; default none. */
  topLogprobs?: number
  /** Report each token's log probability; default true. Without it and without `topLogprobs` a sum over the vocabulary is saved. */
  logprobs?: boolean
  /** Report the SHA-256 of each token's logits (little-endian F32), for receipts; default false. */
  logitsHashes?: boolean
  /** Refuse with `OVERLOADED` when the predicted time to the first token is above this. */
  firstTokenMs?: number
  /** An end token does not end the answer, for benchmarks; default false. */
  ignoreEnd?: boolean
}

/** One generated token, as it streams. */
export type GeneratedToken = {
  token: number
  /** Text that became certain with this token; may be empty inside a character or a possible stop string. */
  text: string
  /** Natural logarithm of the token's probability by the raw logits; NaN when it was not asked for. */
  logprob: number
  top: TokenProbability[]
}

export type GenerateResult = {
  /** The answer's tokens, without the token that ended it. */
  tokens: number[]
  /** The answer's text, cut before a stop string. */
  text: string
  /** Per token; empty when not asked for. */
  logprobs: number[]
  /** Per token; empty unless asked for. */
  top: TokenProbability[][]
  /** Per token; empty unless asked for. */
  logitsHashes: Hex[]
  /** With `compare`: the places of `answered` at which another token, or the end, would have been chosen by the same draws. */
  differing?: number[]
  /**
   * With `compare`: how far the logits would have to be others for each token of `answered` to be chosen (see `tokenMargin`), 0 where it is; behind them the same for
   * the end, where the answer could have gone on.
   */
  margins?: number[]
  /** `stop`: the model or a stop string ended it; `length`: max tokens or the context did. */
  finishReason: 'stop' | 'length'
  promptTokens: number
}

export type ScoreRequest = Scheduling & {
  adapterId: Hex | null
  tokens: readonly number[]
  /** Index of the first token to score, at least 1: a token is scored by what stands before it. */
  from: number
}

export type EmbedRequest = Scheduling & {
  /** Default the bare base. */
  adapterId?: Hex | null
  tokens: readonly number[]
  /** What stands for the text: the mean over its tokens (the default), or its last token. */
  pooling?: 'mean' | 'last'
}

export type StatesRequest = Scheduling & {
  /** Null for the bare base. */
  adapterId: Hex | null
  tokens: readonly number[]
  /** Index of the first token whose hidden state is wanted. */
  from: number
}
