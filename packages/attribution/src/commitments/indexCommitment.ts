import { chunkSizes, indexRecordLeaf, indexRoot, OrderedTree, symbolsLeaf, type Hex, type IndexHeader, type IndexRecord } from '@openledger/protocol'
import type { SpanIndex } from '../spans/SpanIndex.ts'

/** What a contract can open of a span index; the trees hold hashes, not the symbols. */
export type IndexCommitment = { root: Hex; header: IndexHeader; records: OrderedTree; text: OrderedTree; suffixes: OrderedTree }

const known = new WeakMap<SpanIndex, IndexCommitment>()

function* symbolLeaves(values: Uint32Array | Int32Array): Generator<Uint8Array> {
  for (let at = 0; at < values.length; at += chunkSizes.symbols) yield symbolsLeaf(values.subarray(at, at + chunkSizes.symbols))
}

/** A record as the table of records holds it. */
export function indexRecordOf(index: SpanIndex, record: number): IndexRecord {
  return {
    recordId: index.recordIds[record],
    contributor: index.contributors[index.contributorOf[record]],
    commitOrder: index.commitOrders[record],
    start: index.starts[record],
    promptLength: index.promptLengths[record],
    completionLength: index.completionLengths[record],
  }
}

/** Commits to a span index; about half a second per million tokens the first time, and nothing for the same object again. */
export function indexCommitment(index: SpanIndex): IndexCommitment {
  const before = known.get(index)
  if (before) return before
  const records = new OrderedTree(index.recordIds.map((_, k) => indexRecordLeaf(indexRecordOf(index, k))))
  const text = new OrderedTree(symbolLeaves(index.text))
  const suffixes = new OrderedTree(symbolLeaves(index.suffixes))
  const header: IndexHeader = { fileHash: index.hash, length: index.text.length, recordCount: index.recordIds.length, recordsRoot: records.root, textRoot: text.root, suffixesRoot: suffixes.root }
  const commitment = { root: indexRoot(header), header, records, text, suffixes }
  known.set(index, commitment)
  return commitment
}
