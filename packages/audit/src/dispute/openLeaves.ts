import { indexCommitment, indexRecordOf, wholeIndex, type SpanIndex, type SpanShards } from '@openledger/attribution'
import { chunkSizes, OrderedTree, recordLeaf, type Absence, type Hex, type IndexRecord, type Opening, type Symbols } from '@openledger/protocol'

/** Opens the chunks of a text or a suffix array in which places lie, each once. */
export function openSymbols(tree: OrderedTree, values: Uint32Array | Int32Array, places: Iterable<number>): Opening<Symbols>[] {
  const chunks = [...new Set(Array.from(places, (place) => Math.floor(place / chunkSizes.symbols)))].filter((chunk) => chunk < tree.count)
  return chunks.map((chunk) => ({ leaf: { symbols: Array.from(values.subarray(chunk * chunkSizes.symbols, (chunk + 1) * chunkSizes.symbols), (symbol) => symbol >>> 0) }, proof: tree.prove(chunk) }))
}

/** Places one after the other. */
export const placesFrom = (start: number, count: number): number[] => Array.from({ length: count }, (_, i) => start + i)

/** Opens a record of an index, by its number among all. */
export const openRecord = (index: SpanShards, record: number): Opening<IndexRecord> => ({ leaf: indexRecordOf(wholeIndex(index), record), proof: indexCommitment(index).records.prove(record) })

/** The record that takes in a place of an index's text. */
export function recordAt(index: SpanIndex, position: number): number {
  let [low, high] = [0, index.recordIds.length]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (index.starts[middle]! <= position) low = middle
    else high = middle
  }
  return low
}

/** Shows that a record id is not among the revoked ones. */
export function openAbsence(revoked: ReadonlySet<Hex>, id: Hex): Absence {
  const sorted = [...revoked].sort()
  const tree = new OrderedTree(sorted.map(recordLeaf))
  const at = sorted.findIndex((other) => other > id)
  const place = at < 0 ? sorted.length : at
  const shown = (k: number) => (k < 0 || k >= sorted.length ? null : { leaf: { recordId: sorted[k]! }, proof: tree.prove(k) })
  return { before: shown(place - 1), after: shown(place) }
}
