import { z } from 'zod'
import { count, hash32 } from '../../artefacts/fields.ts'
import { abiEncode } from '../../encoding/abiEncode.ts'
import { utf8, type Hex } from '../../encoding/bytes.ts'
import { keccak } from '../../encoding/hash.ts'

const kind = keccak(utf8('openledger/commitment/index/1'))

/** What a span index's root is the hash of. */
export const indexHeaderSchema = z.strictObject({
  /** SHA-256 of the file. */
  fileHash: hash32,
  /** Symbols of the text, and entries of the suffix array. */
  length: count,
  recordCount: count,
  recordsRoot: hash32,
  textRoot: hash32,
  suffixesRoot: hash32,
})
export type IndexHeader = z.infer<typeof indexHeaderSchema>

/** The root of a span index. */
export const indexRoot = (h: IndexHeader): Hex => keccak(abiEncode([kind, h.fileHash, h.length, h.recordCount, h.recordsRoot, h.textRoot, h.suffixesRoot]))
