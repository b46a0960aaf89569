import { keccak } from '@openledger/protocol'
import { randomValues } from '../../fixtures/randomValues.ts'
import { TokenChooser } from '../../sampling/TokenChooser.ts'
import type { TokenSource } from '../TokenTrie.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const merged = ['{"', '":', '":"', '","', '"}', '"]', '"},{"', '[{', '{}', '[]', '},', 'null', 'tru', 'true', 'alse', 'ab', 'abab', 'the ', ' a', '12', '100', '-1', '0.', '\\"', '\\u00', '\\n', 'é', 'ß"', '日本', '😀', 'name', 'kind":"', '2024', '-0']
// Pieces of characters, and a token that the text of another begins with.
const broken = [[0xe6, 0x97], [0xa5, 0x22], [0xf0, 0x9f], [0x98, 0x80], [0xc3]]
const pieces = [...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)), ...merged.map(encode), ...broken.map((bytes) => Uint8Array.from(bytes)), new Uint8Array(0)]

/** A vocabulary of all bytes and of tokens across every border that JSON has; its last token ends an answer. */
export const testVocabulary: TokenSource = { size: pieces.length, piece: (token) => pieces[token]!, endsGeneration: (token) => token === pieces.length - 1 }

export type Written = { text: string; tokens: number[]; ended: boolean }

/** Writes one document with a model of random logits, which after a while prefers what closes strings, lists and objects. */
export function writeRandomly(schema: string, seed: number, options: { limit?: number; patience?: number } = {}): Written {
  const { limit = 400, patience = 40 } = options
  const chooser = new TokenChooser(
    { temperature: 1, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: limit, stop: [], seed: keccak(encode(String(seed))), jsonSchema: schema },
    testVocabulary,
    [],
  )
  const random = randomValues(seed)
  const tokens: number[] = []
  while (tokens.length < limit && !chooser.ended) {
    const logits = Float32Array.from(random(pieces.length, 3))
    if (tokens.length > patience) ['"', ']', '}', '"}', '"]'].forEach((text) => (logits[pieces.findIndex((piece) => Buffer.from(piece).toString('latin1') === text)] = 30))
    const token = chooser.choose(logits, tokens.length)
    if (testVocabulary.endsGeneration(token)) return { text: textOf(tokens), tokens, ended: true }
    chooser.accept(token)
    tokens.push(token)
  }
  return { text: textOf(tokens), tokens, ended: chooser.ended }
}

function textOf(tokens: readonly number[]): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(tokens.map((token) => pieces[token]!)), { stream: true })
}
