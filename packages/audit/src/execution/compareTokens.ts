import type { ServingEngine } from '@openledger/engine'
import type { Hex, OpenedAnswer } from '@openledger/protocol'
import type { ExecutionFinding } from './ExecutionFinding.ts'

/** Below so many tokens nothing is said. */
const leastTokens = 32
/** At least so many tokens, and one in so many, must differ for "wrong": an honest machine on which one token in 200 differs gets there once in 10⁶ answers of 64 tokens. */
const wrongAtLeast = 6
const wrongOneIn = 12
/** At most one token, and one in so many, may differ for "right". */
const rightOneIn = 50

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
 * Judges an answer under another instruction set: the answer's own tokens are fed, each is chosen again, and those that differ are counted. Said only of greedy answers: there honest machines
 * agree nearly always, while draws turn the smallest shift of a probability into another token. Between the bounds, and for what was sampled, nothing is said.
 * @param adapterId null for the bare base
 */
export async function compareTokens(adapterId: Hex | null, { promptTokens, answerTokens, sampling }: OpenedAnswer, host: Pick<ServingEngine, 'generate'>): Promise<ExecutionFinding> {
  if (sampling.temperature !== 0) return { verdict: null, reason: 'a sampled answer of another instruction set cannot be told from a false one' }
  if (sampling.jsonSchema !== undefined) return { verdict: null, reason: 'an answer that is held to a schema is not compared across instruction sets' }
  const count = answerTokens.length
  if (count < leastTokens) return { verdict: null, reason: `${count} tokens are too few to compare across instruction sets` }
  // One more than there are, where there may be more: then the end is chosen again too.
  const again = await host.generate({ adapterId, promptTokens, sampling: { ...sampling, maxTokens: Math.min(sampling.maxTokens, count + 1) }, logprobs: false, answered: answerTokens, compare: true })
  // A stop string is text: where it ends an answer does not depend on the machine.
  if (again.tokens.length < count) return { verdict: 'wrong', reason: `a stop string ends the answer after ${again.tokens.length} of its ${count} tokens` }
  const differing = (again.differing?.length ?? count) + (again.tokens.length - count)
  const reason = `${differing} of ${count} greedy tokens are others under this instruction set`
  if (differing >= wrongAtLeast && differing * wrongOneIn >= count) return { verdict: 'wrong', reason }
  return { verdict: differing <= 1 + Math.floor(count / rightOneIn) ? 'right' : null, reason }
}
