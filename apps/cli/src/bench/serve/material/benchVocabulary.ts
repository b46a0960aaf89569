import { fail } from '@openledger/protocol'

const printable = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad)
const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** The 256 bytes as GPT-2's vocabularies write them: printable Latin-1 as itself, the rest from U+0100 on. */
function byteTokens(): string[] {
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++))
}

/** A vocabulary as GGUF files carry it: texts by id, the merges that make the longer ones, and how many control tokens come first. */
export type BenchVocabulary = { tokens: string[]; merges: string[]; control: number }

/**
 * A byte-pair vocabulary of exactly `size` distinct texts, made by combination: control tokens, the 256 bytes, pairs of letters, then
 * triples. Every text beyond a byte is the product of one merge of two shorter ones, so that any reader of the format accepts it.
 * @throws InputError `BENCH_SHAPE`
 */
export function benchVocabulary(size: number): BenchVocabulary {
  const tokens = ['<|bos|>', '<|im_start|>', '<|im_end|>', ...byteTokens()]
  const control = 3
  const most = tokens.length + letters.length ** 2 + letters.length ** 3
  if (size < tokens.length || size > most) fail('BENCH_SHAPE', `a bench vocabulary has ${tokens.length} to ${most} tokens, not ${size}`)
  const merges: string[] = []
  const add = (left: string, right: string): void => {
    if (tokens.length >= size) return
    tokens.push(left + right)
    merges.push(`${left} ${right}`)
  }
  for (const a of letters) for (const b of letters) add(a, b)
  for (const a of letters) for (const b of letters) for (const c of letters) add(a + b, c)
  return { tokens, merges, control }
}
