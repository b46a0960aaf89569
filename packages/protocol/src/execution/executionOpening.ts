import type { ReceiptBundle } from '../artefacts/receiptBundle.ts'
import { samplingSchema, type Sampling } from '../artefacts/samplingSchema.ts'
import { fromHex, toHex, utf8, type Hex } from '../encoding/bytes.ts'
import { canonicalJson, hashJson, type Json } from '../encoding/canonicalJson.ts'
import { ProofError } from '../errors/classes.ts'
import { fail } from '../errors/fail.ts'
import { nodeCommitment, samplingSeed, tokenHash } from '../receipt/tokenHash.ts'
import type { Receipt } from '../statements/messages.ts'

/** What the court of executions takes: token ids as big-endian uint32, parameters and profile as canonical JSON. */
export type ExecutionOpening = { salt: Hex; promptTokens: Hex; answerTokens: Hex; sampling: Hex; profile: Hex; clientNonce: Hex; nodeCommitment: Hex }

/** An opening as an auditor works with it. */
export type OpenedAnswer = { promptTokens: number[]; answerTokens: number[]; sampling: Sampling; profile: Json }

/** The most tokens, prompt and answer together, that anyone can be asked to open: `MAX_TOKENS` of the contract SamplingBeacon. */
export const maxOpenedTokens = 20_000

function packTokens(tokens: readonly number[]): Hex {
  const bytes = new DataView(new ArrayBuffer(4 * tokens.length))
  tokens.forEach((token, i) => bytes.setUint32(4 * i, token))
  return toHex(new Uint8Array(bytes.buffer))
}

function unpackTokens(packed: Hex): number[] {
  const bytes = fromHex(packed)
  if (bytes.length % 4 !== 0) fail('BAD_OPENING', 'token ids have four bytes each')
  const view = new DataView(bytes.buffer)
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i))
}

/** What an answer's receipt was made of, as its node knows it. */
export type AnswerParts = { salt: Hex; promptTokens: readonly number[]; answerTokens: readonly number[]; sampling: Sampling; profile: Json; clientNonce: Hex; nodeCommitment: Hex }

/** What a node shows the court of an answer: everything that its receipt's hashes were made of, and nothing else. */
export function writeExecutionOpening({ salt, promptTokens, answerTokens, sampling, profile, clientNonce, nodeCommitment }: AnswerParts): ExecutionOpening {
  return {
    ...{ salt, clientNonce, nodeCommitment },
    promptTokens: packTokens(promptTokens),
    answerTokens: packTokens(answerTokens),
    sampling: toHex(utf8(canonicalJson(sampling))),
    profile: toHex(utf8(canonicalJson(profile))),
  }
}

/** The same from the bundle of an answer. */
export function executionOpening({ request, answer, profile }: Pick<ReceiptBundle, 'request' | 'answer' | 'profile'>): ExecutionOpening {
  const { salt, promptTokens, sampling, clientNonce, nodeSecret } = request
  return writeExecutionOpening({ salt, promptTokens, answerTokens: answer.tokens, sampling, profile, clientNonce, nodeCommitment: nodeCommitment(nodeSecret) })
}

/** The token ids of an opening. @throws InputError BAD_OPENING */
export function openedTokens({ promptTokens, answerTokens }: Pick<ExecutionOpening, 'promptTokens' | 'answerTokens'>): Pick<OpenedAnswer, 'promptTokens' | 'answerTokens'> {
  return { promptTokens: unpackTokens(promptTokens), answerTokens: unpackTokens(answerTokens) }
}

const refuse = (message: string): never => {
  throw new ProofError('WRONG_OPENING', message)
}

/**
 * Reads an opening and checks it against its receipt: the hashes that the court has checked, and the seed, which it cannot.
 * @throws ProofError WRONG_OPENING; InputError for what cannot be read
 */
export function readExecutionOpening(receipt: Receipt, opening: ExecutionOpening): OpenedAnswer {
  const text = (hex: Hex): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromHex(hex)))
  const { promptTokens, answerTokens } = openedTokens(opening)
  const sampling = samplingSchema.parse(text(opening.sampling))
  const profile = text(opening.profile) as Json
  if (tokenHash(opening.salt, promptTokens) !== receipt.requestHash) refuse('the prompt is another')
  if (tokenHash(opening.salt, answerTokens) !== receipt.outputHash) refuse('the answer is another')
  if (hashJson(sampling) !== receipt.samplingHash) refuse('the sampling parameters are others')
  if (hashJson(profile) !== receipt.profileHash) refuse('the numerics profile is another')
  return { promptTokens, answerTokens, sampling, profile }
}

/** Whether an answer was drawn from the seed that client, node and request give: a node that took another chose its answer. */
export function hasRightSeed(receipt: Receipt, opening: ExecutionOpening, { sampling }: OpenedAnswer): boolean {
  return sampling.seed === samplingSeed(opening.clientNonce, opening.nodeCommitment, receipt.requestHash)
}
