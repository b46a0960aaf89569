import type { EngineCapabilities } from '@openledger/engine'
import type { Hex } from '@openledger/protocol'
import type { UpstreamModel } from './UpstreamDialect.ts'

/**
 * What a receipt says of an answer that another server computed. Nobody can execute it again bit for bit, and it has no hashes of logits:
 * what the server says of itself is all there is, so only tests with a tolerance apply.
 */
export type UpstreamProfile = {
  engine: string
  engineVersion: string
  /** The base model's name on the server. */
  model: string
  /** Of the base model's file on this node, whose tokenizer was used; whether the server's weights are the same nobody has checked. */
  weightHash: Hex
  exactReplay: false
  logitsHashes: false
  logprobs: 'raw' | 'tempered'
  /** Whether the server splits a text as this node does; `unchecked` when it does not say. */
  tokenizer: 'same' | 'unchecked'
  /** The profile hash of the engine whose gradients attribution used, or null. */
  gradients: Hex | null
}

/** Describes a server for receipts. */
export function upstreamProfile(parts: {
  dialect: string
  model: UpstreamModel
  weightHash: Hex
  capabilities: Pick<EngineCapabilities, 'logprobs'>
  tokenizer: UpstreamProfile['tokenizer']
  gradients: Hex | null
}): UpstreamProfile {
  const { dialect, model, weightHash, capabilities, tokenizer, gradients } = parts
  return { engine: dialect, engineVersion: model.version, model: model.name, weightHash, exactReplay: false, logitsHashes: false, logprobs: capabilities.logprobs, tokenizer, gradients }
}
