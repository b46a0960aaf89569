import { z } from 'zod'
import { address, count, hash32 } from '../../artefacts/fields.ts'
import { abiEncode } from '../../encoding/abiEncode.ts'
import { utf8, type Hex } from '../../encoding/bytes.ts'
import { keccak } from '../../encoding/hash.ts'

const kind = keccak(utf8('openledger/commitment/table/1'))

/** What an influence table's root is the hash of. */
export const tableHeaderSchema = z.strictObject({
  /** SHA-256 of the file. */
  fileHash: hash32,
  adapterId: hash32,
  baseId: hash32,
  methodHash: hash32,
  parameterCount: count,
  atomCount: count,
  /** Tree over (contributor, training weight) per atom. */
  atomsRoot: hash32,
  /** Tree over the chunks of all atoms, those of the first atom first. */
  chunksRoot: hash32,
})
export type TableHeader = z.infer<typeof tableHeaderSchema>

/** The root of an influence table: the `tableHash` of deployments. */
export const tableRoot = (h: TableHeader): Hex =>
  keccak(abiEncode([kind, h.fileHash, h.adapterId, h.baseId, h.methodHash, h.parameterCount, h.atomCount, h.atomsRoot, h.chunksRoot]))

/** An atom of a table as a leaf. */
export const tableAtomSchema = z.strictObject({ contributor: address, trainingWeight: count })
export const tableAtomLeaf = (a: z.infer<typeof tableAtomSchema>): Uint8Array => abiEncode([a.contributor, a.trainingWeight])
