import { z } from 'zod'
import { count } from '../../artefacts/fields.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { queryHeaderSchema, queryRoot } from '../headers/queryRoot.ts'
import { tableHeaderSchema, tableRoot } from '../headers/tableRoot.ts'
import { sumsLeaf, sumsSchema, type Sums } from '../leaves/attributionLeaves.ts'
import { chunkSizes } from '../leaves/chunkSizes.ts'
import { opening, opens, otherSize } from '../leaves/opening.ts'
import { chunkDefect, chunkProduct, vectorChunkLeaf, vectorChunkSchema } from '../leaves/vectorLeaf.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'

/** "The running sum of this atom grew by something else than the dot product of this chunk." */
export const dotProductSchema = z.strictObject({
  name: z.literal('dot-product'),
  table: tableHeaderSchema,
  query: queryHeaderSchema,
  atom: count,
  chunk: count,
  tableChunk: opening(vectorChunkSchema),
  queryChunk: opening(vectorChunkSchema),
  /** The running sums before the chunk; null for the first. */
  before: opening(sumsSchema).nullable(),
  after: opening(sumsSchema),
})
export type DotProductClaim = z.infer<typeof dotProductSchema>

const leafOfSums = ({ sums }: Sums): Uint8Array => sumsLeaf(sums)

/** Where the running sums of an atom after a chunk stand, and of how many leaves. */
export function placeOfSums(atom: number, chunk: number, sizes: { atomCount: number; parameterCount: number }): { index: number; size: number; column: number; columns: number } {
  const groups = Math.ceil(sizes.atomCount / chunkSizes.atoms)
  const group = Math.floor(atom / chunkSizes.atoms)
  const chunks = Math.ceil(sizes.parameterCount / chunkSizes.vector)
  return { index: chunk * groups + group, size: chunks * groups, column: atom % chunkSizes.atoms, columns: Math.min(chunkSizes.atoms, sizes.atomCount - group * chunkSizes.atoms) }
}

/**
 * Whether a step of an atom's running sum is false: the sums before and after a chunk of 4,096 values differ by something else than the
 * chunk's int8 dot product. Commitments of another form than their headers say are a fault of whoever signed them.
 */
export function verifyDotProduct(claim: DotProductClaim, header: AttributionHeader): Verdict {
  const { table, query, atom, chunk, tableChunk, queryChunk, before, after } = claim
  if (tableRoot(table) !== header.tableRoot || queryRoot(query) !== header.queryRoot) return notProven('the headers are not those of the signed document')
  if (table.parameterCount !== query.parameterCount) return proven('the query vector has another length than the table')
  const chunks = Math.ceil(table.parameterCount / chunkSizes.vector)
  if (atom >= table.atomCount || chunk >= chunks) return notProven('there is no such atom or chunk')
  if (otherSize(table.chunksRoot, tableChunk, vectorChunkLeaf, chunks * table.atomCount)) return proven('the table has another number of chunks than its header says')
  if (otherSize(query.chunksRoot, queryChunk, vectorChunkLeaf, chunks)) return proven('the query vector has another number of chunks than its header says')
  if (!opens(table.chunksRoot, tableChunk, vectorChunkLeaf, atom * chunks + chunk, chunks * table.atomCount)) return notProven('the chunk of the table does not open')
  if (!opens(query.chunksRoot, queryChunk, vectorChunkLeaf, chunk, chunks)) return notProven('the chunk of the query vector does not open')
  const defect = chunkDefect(tableChunk.leaf, chunk, table.parameterCount) ?? chunkDefect(queryChunk.leaf, chunk, query.parameterCount)
  if (defect !== undefined) return proven(defect)
  const { index, size, column, columns } = placeOfSums(atom, chunk, table)
  if (otherSize(header.sumsRoot, after, leafOfSums, size)) return proven('there is another number of running sums than the table implies')
  if (!opens(header.sumsRoot, after, leafOfSums, index, size)) return notProven('the sums after the chunk do not open')
  if (after.leaf.sums.length !== columns) return proven('a leaf of running sums holds another number of atoms')
  const isFirst = chunk === 0
  if (isFirst !== (before === null)) return notProven('the sums before the chunk are missing, or there are none')
  if (before !== null) {
    if (!opens(header.sumsRoot, before, leafOfSums, placeOfSums(atom, chunk - 1, table).index, size)) return notProven('the sums before the chunk do not open')
    if (before.leaf.sums.length !== columns) return proven('a leaf of running sums holds another number of atoms')
  }
  const step = after.leaf.sums[column]! - (before?.leaf.sums[column] ?? 0n)
  const product = chunkProduct(tableChunk.leaf, queryChunk.leaf)
  if (step === product) return notProven('the dot product of this chunk is right')
  return proven(`chunk ${chunk} of atom ${atom} adds ${product}, the running sum rises by ${step}`)
}
