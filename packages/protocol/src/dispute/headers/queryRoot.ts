import { z } from 'zod'
import { count, hash32 } from '../../artefacts/fields.ts'
import { abiEncode } from '../../encoding/abiEncode.ts'
import { utf8, type Hex } from '../../encoding/bytes.ts'
import { keccak } from '../../encoding/hash.ts'

const kind = keccak(utf8('openledger/commitment/query/1'))

/** What a query vector's root is the hash of. */
export const queryHeaderSchema = z.strictObject({
  /** SHA-256 of the file. */
  fileHash: hash32,
  parameterCount: count,
  chunksRoot: hash32,
})
export type QueryHeader = z.infer<typeof queryHeaderSchema>

/** The root of a query vector. */
export const queryRoot = (h: QueryHeader): Hex => keccak(abiEncode([kind, h.fileHash, h.parameterCount, h.chunksRoot]))
