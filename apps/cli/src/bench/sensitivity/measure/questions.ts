import { keccak, utf8, type Hex, type Sampling } from '@openledger/protocol'
import type { SampleRecord } from '../../../up/sampleRecords.ts'

/** What is asked: a conversation of two turns over the records, another one for each number. */
export function conversationOf(records: readonly SampleRecord[], number: number): { whole: { role: string; content: string }[]; half: { role: string; content: string }[] } {
  const [first, second] = [records[(number * 7) % records.length]!, records[(number * 13 + Math.floor(number / records.length) + 5) % records.length]!]
  const asked = { role: 'user', content: second.prompt }
  return { whole: [{ role: 'user', content: first.prompt }, { role: 'assistant', content: first.completion }, asked], half: [asked] }
}

const kinds = [
  { temperature: 0, topP: 1, topK: 0 },
  { temperature: 0.7, topP: 1, topK: 0 },
  { temperature: 1, topP: 1, topK: 0 },
  { temperature: 0.8, topP: 0.95, topK: 40 },
] as const

/** Sampling in turns: greedy, two temperatures, and a cut-off one. */
export function samplingOf(number: number, maxTokens: number, seed: Hex): Sampling {
  return { ...kinds[number % kinds.length]!, minP: 0, repetitionPenalty: 1, maxTokens, stop: [], seed }
}

/** What a seed is made of, for one number and try. */
export function partsOf(number: number, attempt = 0): { salt: Hex; clientNonce: Hex; nodeSecret: Hex } {
  const word = (text: string): Hex => keccak(utf8(`${text} ${number}`))
  return { salt: word('salt'), clientNonce: word('nonce'), nodeSecret: keccak(utf8(`secret ${number} ${attempt}`)) }
}

