import { z } from 'zod'
import { abiEncode } from '../../encoding/abiEncode.ts'
import { address, count, hash32 } from '../../artefacts/fields.ts'
import { chunkSizes } from './chunkSizes.ts'

/** 64 symbols of an index's text (a token's id plus 1; 0 ends a field), or 64 entries of its suffix array. */
export const symbolsSchema = z.strictObject({ symbols: z.array(count).min(1).max(chunkSizes.symbols) })
export type Symbols = z.infer<typeof symbolsSchema>

/** Symbols as a leaf: abi.encode(bytes), each of them a big-endian uint32. */
export function symbolsLeaf(symbols: ArrayLike<number>): Uint8Array {
  const packed = new DataView(new ArrayBuffer(4 * symbols.length))
  for (let i = 0; i < symbols.length; i++) packed.setUint32(4 * i, symbols[i]!)
  return abiEncode([new Uint8Array(packed.buffer)])
}

/** A record in an index's table of records, in the order of the snapshots. */
export const indexRecordSchema = z.strictObject({
  recordId: hash32,
  contributor: address,
  /** Smaller is earlier; equal ones go by the record's number. */
  commitOrder: count,
  /** Where it begins in the text. */
  start: count,
  promptLength: count,
  completionLength: count,
})
export type IndexRecord = z.infer<typeof indexRecordSchema>

/** A record of an index as a leaf. */
export const indexRecordLeaf = (r: IndexRecord): Uint8Array => abiEncode([r.recordId, r.contributor, r.commitOrder, r.start, r.promptLength, r.completionLength])
