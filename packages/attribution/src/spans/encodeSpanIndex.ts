import { fromHex } from '@openledger/protocol'
import { ByteWriter } from '../binary/ByteWriter.ts'
import type { SpanIndex } from './SpanIndex.ts'

/** The first bytes of a span index file. */
export const spanIndexMagic = 'OLSPAN01'

/**
 * Writes a span index as its canonical file: little-endian; magic, counts of contributors, records and tokens; contributor addresses;
 * record ids; per record contributor, commit order, prompt length, completion length; all tokens; the suffix array.
 */
export function encodeSpanIndex(index: Omit<SpanIndex, 'hash'>): Uint8Array {
  const { contributors, recordIds, text, suffixes } = index
  const tokens = new Uint32Array(text.length - 2 * recordIds.length)
  let count = 0
  for (let i = 0; i < text.length; i++) if (text[i] !== 0) tokens[count++] = text[i] - 1
  const out = new ByteWriter(20 + 20 * contributors.length + 48 * recordIds.length + 4 * tokens.length + 4 * suffixes.length)
  out.magic(spanIndexMagic)
  out.u32(contributors.length)
  out.u32(recordIds.length)
  out.u32(tokens.length)
  for (const address of contributors) out.raw(fromHex(address))
  for (const id of recordIds) out.raw(fromHex(id))
  out.u32Array(index.contributorOf)
  out.u32Array(index.commitOrders)
  out.u32Array(index.promptLengths)
  out.u32Array(index.completionLengths)
  out.u32Array(tokens)
  out.u32Array(suffixes)
  return out.bytes
}
