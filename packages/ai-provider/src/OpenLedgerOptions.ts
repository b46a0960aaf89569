import type { Hex } from '@openledger/protocol'

/** What the AI SDK has no name for: `providerOptions: { openledger: {…} }` of a call. */
export type OpenLedgerOptions = {
  minP?: number
  /** From 1 to 2: divides positive and multiplies other logits of what was said already. */
  repetitionPenalty?: number
  /** By token id, from -100 to 100. */
  logitBias?: { [token: string]: number }
  /** Orders one payer's own requests. */
  priority?: 'high' | 'normal' | 'low'
  /** Give up, without charge, when the answer is not finished this long after the request. */
  deadlineMs?: number
  /** Refuse at once when the first token is expected later than this. */
  firstTokenMs?: number
  /** The caller's part of the sampling seed, in the place of `seed`, and the node's commitment that it saw before. */
  clientNonce?: Hex
  nodeCommitment?: Hex
  /** How long to wait, after the answer, until it is known whose data shaped it; 0 does not wait. Default: the provider's. */
  attributionMs?: number
}

/** The name of the provider: of its options in calls and of its metadata in results. */
export const providerName = 'openledger'
