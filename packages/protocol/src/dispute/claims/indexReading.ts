import { z } from 'zod'
import { indexHeaderSchema, indexRoot, type IndexHeader } from '../headers/indexRoot.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { recordLeaf } from '../../merkle/leaves.ts'
import { OrderedTree } from '../../merkle/OrderedTree.ts'
import { hash32 } from '../../artefacts/fields.ts'
import type { Hex } from '../../encoding/bytes.ts'
import { indexRecordLeaf, symbolsLeaf, symbolsSchema, type IndexRecord, type Symbols } from '../leaves/indexLeaves.ts'
import { chunkSizes } from '../leaves/chunkSizes.ts'
import { opening, opens, type Opening } from '../leaves/opening.ts'

const leafOfSymbols = ({ symbols }: Symbols): Uint8Array => symbolsLeaf(symbols)

/** Openings of 64 symbols each, in any order. */
export const symbolOpenings = z.array(opening(symbolsSchema)).max(4096)

/** Whether an index header is the one that the document names. */
export const isIndexOf = (index: IndexHeader, header: AttributionHeader): boolean => indexRoot(index) === header.indexRoot

/**
 * Reads single symbols of the text, or entries of the suffix array, from openings.
 * @returns undefined for a place that no opening shows, or that lies outside
 */
export function symbolReader(root: Hex, length: number, openings: readonly Opening<Symbols>[]): (at: number) => number | undefined {
  const size = Math.ceil(length / chunkSizes.symbols)
  const chunks = new Map<number, readonly number[]>()
  for (const shown of openings) {
    const { index } = shown.proof
    const expected = Math.min(chunkSizes.symbols, length - index * chunkSizes.symbols)
    if (shown.leaf.symbols.length === expected && opens(root, shown, leafOfSymbols, index, size)) chunks.set(index, shown.leaf.symbols)
  }
  return (at) => chunks.get(Math.floor(at / chunkSizes.symbols))?.[at % chunkSizes.symbols]
}

/** Whether a record opens in the index's table of records. */
export const opensRecord = (index: IndexHeader, record: Opening<IndexRecord>): boolean => opens(index.recordsRoot, record, indexRecordLeaf, record.proof.index, index.recordCount)

/** Whether a record takes in a place of the text. */
export const holdsPosition = (record: IndexRecord, position: number): boolean =>
  position >= record.start && position < record.start + record.promptLength + record.completionLength + 2

const recordIdOpening = opening(z.strictObject({ recordId: hash32 }))

/** The two neighbours between which a record id would stand if it were revoked; null beyond either end. */
export const absenceSchema = z.strictObject({ before: recordIdOpening.nullable(), after: recordIdOpening.nullable() })
export type Absence = z.infer<typeof absenceSchema>

const emptyRoot = new OrderedTree([]).root

/** Whether a record id is shown not to be among the sorted ids under a root. */
export function isAbsent(root: Hex, id: Hex, { before, after }: Absence): boolean {
  if (root === emptyRoot) return true
  const size = (before ?? after)?.proof.count
  if (size === undefined) return false
  const shown = (o: Absence['before'], index: number): boolean => o !== null && opens(root, o, (leaf) => recordLeaf(leaf.recordId), index, size)
  const place = before === null ? 0 : before.proof.index + 1
  if (before !== null && !(shown(before, place - 1) && before.leaf.recordId < id)) return false
  if (after === null) return place === size
  return shown(after, place) && id < after.leaf.recordId
}

/** The part of a claim that names the index. */
export const indexPart = { index: indexHeaderSchema }
