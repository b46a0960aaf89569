import { encodeFingerprint, fingerprintTokens } from '@openledger/audit'
import type { GenerateResult } from '@openledger/engine'
import { nodeCommitment, samplingSeed, tokenHash, type Hex, type Sampling } from '@openledger/protocol'
import type { Lie } from '../lies.ts'
import type { SensitivityWorld } from '../world/openSensitivityWorld.ts'
import type { NodeEngines, OpenEngine } from './NodeEngines.ts'
import { conversationOf, partsOf, samplingOf } from './questions.ts'

/** What a node says of an answer; true only where nothing lies. */
export type Claim = {
  salt: Hex
  clientNonce: Hex
  nodeSecret: Hex
  promptTokens: number[]
  sampling: Sampling
  tokens: number[]
  logitsHashes: Hex[]
  fingerprints: Uint8Array[]
}

/** Seeds that a node tries that takes the shortest answer. */
const attempts = 8

/** Hidden states that gave each token of an answer, in pieces of as many tokens as a fingerprint stands for. */
export async function statesOf({ host, info }: OpenEngine, adapterId: Hex | null, prompt: readonly number[], answer: readonly number[]): Promise<Float32Array[]> {
  const states = await host.states({ adapterId, tokens: [...prompt, ...answer.slice(0, -1)], from: prompt.length - 1 })
  const piece = fingerprintTokens * info.config.width
  return Array.from({ length: Math.ceil(states.length / piece) }, (_, i) => states.subarray(i * piece, (i + 1) * piece))
}

/**
 * What a node that lies in a given way claims as the answer to one question.
 * @param number decides seed and sampling, `question` what is asked
 * @param engines of the node's CPU build
 * @param options.fingerprints whether fingerprints of its activations are made as well
 * @returns null where the answer is empty
 */
export async function makeClaim(world: SensitivityWorld, engines: NodeEngines, lie: Lie, { number, question }: { number: number; question: number }, { maxTokens, fingerprints: wanted }: { maxTokens: number; fingerprints: boolean }): Promise<Claim | null> {
  const right = await engines.over('declared')
  const engine = await engines.over(lie.base)
  const { whole, half } = conversationOf(world.records, question)
  const { tokens: promptTokens } = await right.host.encodeChat(whole)
  const used = lie.twist === 'half prompt' ? (await right.host.encodeChat(half)).tokens : promptTokens
  const adapterId = engine.idOf(lie.adapter)
  const answer = async (attempt: number): Promise<{ parts: ReturnType<typeof partsOf>; sampling: Sampling; result: GenerateResult }> => {
    const parts = partsOf(number, attempt)
    const sampling = samplingOf(number, maxTokens, samplingSeed(parts.clientNonce, nodeCommitment(parts.nodeSecret), tokenHash(parts.salt, promptTokens)))
    return { parts, sampling, result: await engine.host.generate({ adapterId, promptTokens: used, sampling, logprobs: false, logitsHashes: true }) }
  }
  const tries = await Promise.all(Array.from({ length: lie.twist === 'chosen seed' ? attempts : 1 }, (_, attempt) => answer(attempt)))
  const { parts, sampling, result } = tries.reduce((best, next) => (next.result.tokens.length > 0 && next.result.tokens.length < best.result.tokens.length ? next : best))
  let { tokens, logitsHashes } = result
  if (lie.twist === 'half answer') [tokens, logitsHashes] = [tokens, logitsHashes].map((list) => list.slice(0, Math.ceil(list.length / 2))) as [number[], Hex[]]
  if (tokens.length === 0) return null
  const decoder = lie.twist === 'right prefill' ? right : engine
  const shown = lie.twist === 'right prefill' ? right.idOf('right') : adapterId
  if (lie.twist === 'right prefill') logitsHashes = (await right.host.generate({ adapterId: shown, promptTokens, sampling: { ...sampling, maxTokens: tokens.length }, answered: tokens, compare: true, logprobs: false, logitsHashes: true })).logitsHashes
  const fingerprints = wanted ? (await statesOf(decoder, shown, used, tokens)).map(encodeFingerprint) : []
  return { ...parts, promptTokens, sampling, tokens, logitsHashes, fingerprints }
}
