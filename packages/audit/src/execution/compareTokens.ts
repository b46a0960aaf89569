import type { ServingEngine } from '@openledger/engine'
import type { Hex, OpenedAnswer } from '@openledger/protocol'
import type { ExecutionFinding } from './ExecutionFinding.ts'
import { marginTolerance, runOfMargins } from './marginTest.ts'

/** Below so many tokens an answer is not called right: too little was seen of it. */
const leastTokens = 8

type Fields = { readonly [key: string]: unknown }
const fieldsOf = (profile: unknown): Fields => (typeof profile === 'object' && profile !== null && !Array.isArray(profile) ? (profile as Fields) : {})

/** Whether equal profiles of this kind promise equal bits: a device may round a row differently in other company, and a server elsewhere promises nothing. */
export function promisesBits(profile: unknown): boolean {
  const { exactReplay, batchInvariant } = fieldsOf(profile)
  return exactReplay !== false && batchInvariant !== false
}

/** Whether two numerics profiles differ in the processor's instruction set alone: same engine, weights and kernels otherwise. */
export function sameButVariant(one: unknown, other: unknown): boolean {
  const [a, b] = [fieldsOf(one), fieldsOf(other)]
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return names.size > 1 && [...names].every((name) => name === 'isaVariant' || JSON.stringify(a[name]) === JSON.stringify(b[name]))
}

/**
 * Judges an answer under another instruction set: the answer's own tokens are fed, each is chosen again with the answer's own draw, and the margins by which it lost are summed
 * (see `tokenMargin`). Honest machines lose by a few hundredths, seldom; another adapter, scale, base or prompt soon by whole logits. The end of an answer that could have
 * gone on is looked at like a token. Wrong where the sum runs ahead of `marginTolerance`, right where it stays well below, nothing between.
 * @param adapterId null for the bare base
 */
export async function compareTokens(adapterId: Hex | null, { promptTokens, answerTokens, sampling }: OpenedAnswer, host: Pick<ServingEngine, 'generate'>): Promise<ExecutionFinding> {
  if (sampling.jsonSchema !== undefined) return { verdict: null, reason: 'an answer that is held to a schema is not compared across instruction sets' }
  const count = answerTokens.length
  if (count === 0) return { verdict: null, reason: 'an empty answer is not compared across instruction sets' }
  // One more than there are, where there may be more: then the end is chosen again too.
  const again = await host.generate({ adapterId, promptTokens, sampling: { ...sampling, maxTokens: Math.min(sampling.maxTokens, count + 1) }, logprobs: false, answered: answerTokens, compare: true })
  // A stop string is text: where it ends an answer does not depend on the machine.
  if (again.tokens.length < count) return { verdict: 'wrong', reason: `a stop string ends the answer after ${again.tokens.length} of its ${count} tokens` }
  if (again.margins === undefined) return { verdict: null, reason: 'this engine does not say by how much tokens differ' }
  const { ahead, wrongAfter } = runOfMargins(again.margins)
  const reason = `the margins of ${count} tokens run ${ahead.toFixed(3)} ahead under this instruction set, where ${marginTolerance.wrongAbove} are too many`
  if (wrongAfter !== null) return { verdict: 'wrong', reason: `${reason}, after ${wrongAfter} of them` }
  return { verdict: count >= leastTokens && ahead <= marginTolerance.rightBelow ? 'right' : null, reason }
}
