import type { ChatMessage, GeneratedToken, GenerateRequest } from '@openledger/engine'
import type { Hex, Sampling } from '@openledger/protocol'
import type { LocalAccount } from 'viem'

/** Who pays for an answer. */
export type Payer = {
  channelId: Hex
  /** The key with which this node signs the payer's vouchers; absent when the payer signs them. */
  signer?: Pick<LocalAccount, 'signTypedData'>
  /** The channel is paid for one request ahead: no voucher is waited for. */
  prepaid?: boolean
}

/** A request for one answer, independent of the API that it came by. */
export type AnswerRequest = {
  model: string
  /** A conversation, or a text to continue. */
  prompt: { messages: readonly ChatMessage[] } | { text: string }
  /** `maxTokens` undefined: as many as the node's default and the context allow. */
  sampling: Omit<Sampling, 'seed' | 'maxTokens'> & { maxTokens: number | undefined }
  /** The caller's part of the seed. */
  clientNonce: Hex | undefined
  /** The commitment that the caller saw before it chose its nonce; undefined: a fresh secret. */
  nodeCommitment: Hex | undefined
  /** The secret behind `nodeCommitment`, taken already: answers to one request share it. */
  nodeSecret?: Hex
  /** Whether log probabilities are shown. */
  logprobs: boolean
  topLogprobs: number
  payer: Payer
  /** When the answer is wanted; undefined: as soon as it is the payer's turn. */
  scheduling?: Pick<GenerateRequest, 'priority' | 'deadlineMs' | 'firstTokenMs'>
  onToken?: (token: GeneratedToken) => void
  /** The caller went away: an answer that has not begun is dropped, one that has begun is finished and owed. */
  signal?: AbortSignal
}
