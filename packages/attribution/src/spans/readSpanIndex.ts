import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { ByteReader } from '../binary/ByteReader.ts'
import { fileHash } from '../binary/fileHash.ts'
import { spanIndexMagic } from './encodeSpanIndex.ts'
import { alphabetOf, recordStarts, writeSymbols, type SpanIndex } from './SpanIndex.ts'
import { verifySuffixArray } from './verifySuffixArray.ts'

/**
 * Reads a span index file and checks all of it in linear time, the suffix array included.
 * @param options.unverified take the suffix array as it stands: for whoever wants to show what is wrong with it
 * @throws StorageError BAD_FILE, saying what is wrong
 */
export function readSpanIndex(bytes: Uint8Array, options: { unverified?: boolean } = {}): SpanIndex {
  const input = new ByteReader(bytes, 'span index')
  input.magic(spanIndexMagic)
  const contributorCount = input.u32()
  const recordCount = input.u32()
  const tokenCount = input.u32()
  if (recordCount === 0) input.refuse('it holds no record')
  const size = 20 + 20 * contributorCount + 48 * recordCount + 4 * tokenCount + 4 * (tokenCount + 2 * recordCount)
  if (size !== bytes.length) input.refuse(`it has ${bytes.length} bytes, ${size} by its own counts`)
  const parts = {
    contributors: hexList(input.bytes(20 * contributorCount), 20) as Address[],
    recordIds: hexList(input.bytes(32 * recordCount), 32),
    contributorOf: input.u32Array(recordCount),
    commitOrders: input.u32Array(recordCount),
    promptLengths: input.u32Array(recordCount),
    completionLengths: input.u32Array(recordCount),
  }
  if (new Set(parts.contributors).size < contributorCount) input.refuse('a contributor is listed twice')
  if (parts.contributorOf.some((c) => c >= contributorCount)) input.refuse('a record names a contributor that is not listed')
  let sum = 0
  for (let k = 0; k < recordCount; k++) sum += parts.promptLengths[k] + parts.completionLengths[k]
  if (sum !== tokenCount) input.refuse('the lengths of the records do not sum to the number of tokens')
  const starts = recordStarts(parts)
  const text = new Uint32Array(tokenCount + 2 * recordCount)
  const tokens = input.u32Array(tokenCount)
  for (let k = 0, from = 0; k < recordCount; k++) {
    const between = from + parts.promptLengths[k]
    const to = between + parts.completionLengths[k]
    const isWrong = writeSymbols(text, starts[k], tokens.subarray(from, between)) >= 0 || writeSymbols(text, starts[k] + parts.promptLengths[k] + 1, tokens.subarray(between, to)) >= 0
    if (isWrong) input.refuse('a token id is not in [0, 2²⁴)')
    from = to
  }
  const suffixes = new Int32Array(input.u32Array(tokenCount + 2 * recordCount).buffer)
  input.finish()
  const wrong = options.unverified ? -1 : verifySuffixArray(text, suffixes)
  if (wrong >= 0) input.refuse(`the suffix array is wrong at rank ${wrong}`)
  return { ...parts, starts, text, alphabet: alphabetOf(text), suffixes, hash: fileHash(bytes) }
}

/** Values of `size` bytes each, as hexadecimal. */
function hexList(bytes: Uint8Array, size: number): Hex[] {
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  return Array.from({ length: bytes.length / size }, (_, k): Hex => `0x${digits.slice(2 * size * k, 2 * size * (k + 1))}`)
}
