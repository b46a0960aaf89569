import { createHash } from 'node:crypto'
import { fromHex, toHex, type Hex } from '@openledger/protocol'
import { ByteWriter, littleEndian } from '../binary/ByteWriter.ts'
import type { SpanIndex } from './SpanIndex.ts'

/** The first bytes of a span index file. */
export const spanIndexMagic = 'OLSPAN01'

/** Words that are laid out at once. */
const chunkWords = 65_536

/** The bytes of a span index file in order, piece by piece; each is void when the next one is asked for. */
function* piecesOf({ contributors, recordIds, contributorOf, commitOrders, promptLengths, completionLengths, text, suffixes }: Omit<SpanIndex, 'hash'>): Generator<Uint8Array> {
  const head = new ByteWriter(20 + 20 * contributors.length + 48 * recordIds.length)
  head.magic(spanIndexMagic)
  head.u32(contributors.length)
  head.u32(recordIds.length)
  head.u32(text.length - 2 * recordIds.length)
  for (const address of contributors) head.raw(fromHex(address))
  head.raw(Buffer.from(recordIds.map((id) => id.slice(2)).join(''), 'hex'))
  for (const column of [contributorOf, commitOrders, promptLengths, completionLengths]) head.u32Array(column)
  yield head.bytes
  const tokens = new Uint32Array(chunkWords)
  for (let from = 0; from < text.length; from += chunkWords) yield wordBytes(tokens.subarray(0, takeTokens(text, from, tokens)))
  for (let from = 0; from < suffixes.length; from += chunkWords) yield wordBytes(suffixes.subarray(from, from + chunkWords))
}

/** Writes the tokens of the next `target.length` symbols. @returns how many there are */
function takeTokens(text: Uint32Array, from: number, target: Uint32Array): number {
  const to = Math.min(text.length, from + target.length)
  let count = 0
  for (let i = from; i < to; i++) {
    const symbol = text[i]
    if (symbol !== 0) target[count++] = symbol - 1
  }
  return count
}

/** The words as bytes of the file; a view where the machine keeps them so. */
function wordBytes(words: Uint32Array | Int32Array): Uint8Array {
  if (littleEndian) return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
  const out = new ByteWriter(4 * words.length)
  out.u32Array(words)
  return out.bytes
}

/**
 * Writes a span index as its canonical file: little-endian; magic, counts of contributors, records and tokens; contributor addresses;
 * record ids; per record contributor, commit order, prompt length, completion length; all tokens; the suffix array.
 */
export function encodeSpanIndex(index: Omit<SpanIndex, 'hash'>): Uint8Array {
  const { contributors, recordIds, text } = index
  const bytes = new Uint8Array(20 + 20 * contributors.length + 40 * recordIds.length + 8 * text.length)
  let at = 0
  for (const piece of piecesOf(index)) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** The hash of a span index file, without writing the file. */
export function hashSpanIndex(index: Omit<SpanIndex, 'hash'>): Hex {
  const hash = createHash('sha256')
  for (const piece of piecesOf(index)) hash.update(piece)
  return toHex(hash.digest())
}
