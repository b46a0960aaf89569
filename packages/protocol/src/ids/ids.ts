import { encodeAbiParameters, type Address } from 'viem'
import { abiHashes } from '../encoding/abiWords.ts'
import { fromHex, type Hex } from '../encoding/bytes.ts'
import { hashJson } from '../encoding/canonicalJson.ts'
import { keccak } from '../encoding/hash.ts'
import type { Deployment, Snapshot } from '../statements/messages.ts'
import { statementStructHash } from '../statements/statement.ts'

/** 32 zero bytes: "none" wherever an id is optional. */
export const zeroHash: Hex = `0x${'0'.repeat(64)}`

/** What a record says; its id depends on nothing else, so equal records have one id. */
export type RecordContent = { prompt: string; completion: string }

/** A record's id: keccak of the canonical JSON of its content. */
export function recordId({ prompt, completion }: RecordContent): Hex {
  return hashJson({ prompt, completion })
}

/** A snapshot's id: its EIP-712 struct hash. */
export function snapshotId(snapshot: Snapshot): Hex {
  return statementStructHash('Snapshot', snapshot)
}

/** A deployment's id: its EIP-712 struct hash. */
export function deploymentId(deployment: Deployment): Hex {
  return statementStructHash('Deployment', deployment)
}

/** keccak of the ABI-encoded list of snapshot ids. */
export function snapshotsHash(ids: readonly Hex[]): Hex {
  return keccak(abiHashes(ids))
}

/** What a base model commits to: the exact weight file, the tokenizer, the chat template. */
export type ModelCommitment = { weightHash: Hex; tokenizerHash: Hex; templateHash: Hex }

/** A base model's id. */
export function modelId(commitment: ModelCommitment): Hex {
  return hashJson({ kind: 'openledger/base/1', ...commitment })
}

/** An adapter's id: the hash of its tensors and of its configuration (the scale is part of the configuration). */
export function adapterId(commitment: { tensorsHash: Hex; configHash: Hex }): Hex {
  return hashJson({ kind: 'openledger/adapter/1', ...commitment })
}

/** A channel's id, as the Channels contract derives it. */
export function channelId(channels: Address, payer: Address, gateway: Address, salt: Hex): Hex {
  const types = [{ type: 'address' }, { type: 'address' }, { type: 'address' }, { type: 'bytes32' }] as const
  return keccak(fromHex(encodeAbiParameters(types, [channels, payer, gateway, salt])))
}

/** The commitment that a contributor anchors before revealing a contribution: keccak(abi.encode(digest, salt)). */
export function contributionCommitment(digest: Hex, salt: Hex): Hex {
  return keccak(fromHex(encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [digest, salt])))
}
