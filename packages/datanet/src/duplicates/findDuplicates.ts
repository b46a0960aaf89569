import type { Hex, RecordContent } from '@openledger/protocol'
import { DuplicateIndex, type Duplicate } from './DuplicateIndex.ts'

/** A cluster: places in the input, the representative first committed, then its copies in order. */
export type DuplicateCluster = { representative: number; copies: number[] }

export type DuplicateReport = {
  /** For each record, what it repeats; null for the first of its kind. */
  matches: (Duplicate | null)[]
  /** The clusters of two or more, by representative. */
  clusters: DuplicateCluster[]
}

/**
 * Finds exact, normalised and near duplicates.
 * @param records in the order of their commitment: the first of a cluster is its representative
 * @param onProgress called now and then with the number of records done
 */
export function findDuplicates(records: readonly (RecordContent & { recordId?: Hex })[], onProgress?: (done: number) => void): DuplicateReport {
  const index = new DuplicateIndex()
  const matches = records.map((record, i) => {
    if (onProgress && i % 1000 === 0) onProgress(i)
    return index.add(record)
  })
  const copies = new Map<number, number[]>()
  matches.forEach((match, i) => {
    if (!match) return
    const list = copies.get(match.of)
    if (list) list.push(i)
    else copies.set(match.of, [i])
  })
  onProgress?.(records.length)
  const clusters = [...copies].map(([representative, list]) => ({ representative, copies: list }))
  return { matches, clusters: clusters.sort((a, b) => a.representative - b.representative) }
}
