import type { Hex, RecordContent } from '@openledger/protocol'
import { findDuplicates } from '../duplicates/findDuplicates.ts'

/** The training weight of a record, and what it repeats. */
export type RecordWeight = { weight: number; copyOf?: Hex }

/**
 * Gives each record its training weight: 1 for the first of every cluster of near duplicates, 0 for its copies.
 * @param records in the order of their commitment
 */
export function weighRecords(records: readonly (RecordContent & { recordId: Hex })[]): RecordWeight[] {
  return findDuplicates(records).matches.map((match) => (match ? { weight: 0, copyOf: match.ofId } : { weight: 1 }))
}
