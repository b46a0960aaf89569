import { hasLogitsHashes, type ReceiptBundle } from '../artefacts/receiptBundle.ts'
import { hashJson } from '../encoding/canonicalJson.ts'
import { fingerprintLeaf } from '../merkle/leaves.ts'
import { OrderedTree } from '../merkle/OrderedTree.ts'
import { nodeCommitment, samplingSeed, tokenHash } from './tokenHash.ts'

/** A claim of a receipt that its bundle does not open to. */
export type FalseOpening = { what: string; claimed: string; found: string }

/**
 * The first of a receipt's hashes and counts that its bundle's openings do not give: prompt, answer, sampling with its seed, counts, profile, logits.
 * @returns undefined when all are what they open to
 */
export function findFalseOpening({ receipt: { statement }, request, answer, profile }: ReceiptBundle): FalseOpening | undefined {
  const openings: [what: string, claimed: string | number, found: string | number][] = [
    ['request hash', statement.requestHash, tokenHash(request.salt, request.promptTokens)],
    ['output hash', statement.outputHash, tokenHash(request.salt, answer.tokens)],
    ['sampling hash', statement.samplingHash, hashJson(request.sampling)],
    ['seed', request.sampling.seed, samplingSeed(request.clientNonce, nodeCommitment(request.nodeSecret), statement.requestHash)],
    ['input tokens', statement.inputTokens, request.promptTokens.length],
    ['output tokens', statement.outputTokens, answer.tokens.length],
    ['profile hash', statement.profileHash, hashJson(profile)],
    ['number of logits hashes', answer.logitsHashes.length, hasLogitsHashes(profile) ? answer.tokens.length : 0],
    ['fingerprint root', statement.fingerprintRoot, new OrderedTree(answer.logitsHashes.map(fingerprintLeaf)).root],
  ]
  const wrong = openings.find(([, claimed, found]) => String(claimed).toLowerCase() !== String(found).toLowerCase())
  return wrong && { what: wrong[0], claimed: String(wrong[1]), found: String(wrong[2]) }
}
