import {
  fingerprintLeaf,
  hashJson,
  hasLogitsHashes,
  nodeCommitment,
  OrderedTree,
  samplingSeed,
  tokenHash,
  zeroHash,
  type ReceiptBundle,
} from '@openledger/protocol'
import { expectEqual } from '../report/Auditor.ts'

/** Checks that a bundle's openings are what the receipt's hashes commit to: prompt, answer, sampling with its seed, counts, profile, logits. */
export function checkOpenings({ receipt, request, answer, profile }: ReceiptBundle): string {
  const { statement } = receipt
  expectEqual('request hash', statement.requestHash, tokenHash(request.salt, request.promptTokens))
  expectEqual('output hash', statement.outputHash, tokenHash(request.salt, answer.tokens))
  expectEqual('sampling hash', statement.samplingHash, hashJson(request.sampling))
  expectEqual('seed', request.sampling.seed, samplingSeed(request.clientNonce, nodeCommitment(request.nodeSecret), statement.requestHash))
  expectEqual('input tokens', statement.inputTokens, request.promptTokens.length)
  expectEqual('output tokens', statement.outputTokens, answer.tokens.length)
  expectEqual('profile hash', statement.profileHash, hashJson(profile))
  expectEqual('number of logits hashes', answer.logitsHashes.length, hasLogitsHashes(profile) ? answer.tokens.length : 0)
  expectEqual('fingerprint root', statement.fingerprintRoot, new OrderedTree(answer.logitsHashes.map(fingerprintLeaf)).root)
  return hasLogitsHashes(profile) ? 'prompt, answer, sampling, seed and logits open their hashes' : 'prompt, answer, sampling and seed open their hashes; the profile promises no hashes of logits'
}

/** Whether a receipt is the bare base's: no adapter, and nobody to attribute to. */
export const isBareBase = (bundle: ReceiptBundle): boolean => bundle.receipt.statement.adapterId === zeroHash
