import { abiEncode, chunkSizes, indexRecordLeaf, indexRoot, keccak, OrderedTree, symbolsLeaf, utf8, type Hex, type IndexHeader, type IndexRecord } from '@openledger/protocol'
import type { SpanIndex } from '../spans/SpanIndex.ts'
import { soleShard, type SpanShards } from '../spans/SpanShards.ts'

/**
 * What a contract can open of a span index; the trees hold hashes, not the symbols. One index: records, text, suffix array. Several shards:
 * records and text as those of one index over all, so that every claim about words, sources and owners is judged alike; and
 * for each shard the root of its suffix array, in one hash that opens nothing in a court, since only neighbours within a shard are in order.
 */
export type IndexCommitment = { root: Hex; header: IndexHeader; records: OrderedTree; text: OrderedTree; suffixes: OrderedTree }

const shardsKind = keccak(utf8('openledger/commitment/index-shards/1'))
const known = new WeakMap<object, IndexCommitment>()

/** The values of all shards as leaves of 64. */
function* symbolLeaves(parts: readonly (Uint32Array | Int32Array)[]): Generator<Uint8Array> {
  const size = chunkSizes.symbols
  const rest = new Uint32Array(size)
  let held = 0
  for (const part of parts) {
    let at = 0
    if (held > 0) {
      at = Math.min(size - held, part.length)
      rest.set(part.subarray(0, at), held)
      held += at
      if (held < size) continue
      yield symbolsLeaf(rest)
    }
    for (; at + size <= part.length; at += size) yield symbolsLeaf(part.subarray(at, at + size))
    held = part.length - at
    rest.set(part.subarray(at))
  }
  if (held > 0) yield symbolsLeaf(rest.subarray(0, held))
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
export function indexCommitment(index: SpanIndex | SpanShards): IndexCommitment {
  const whole = 'shards' in index ? index : soleShard(index)
  const key = whole.shards.length === 1 ? whole.shards[0] : whole
  const before = known.get(key)
  if (before) return before
  const commitment = commit(whole)
  known.set(key, commitment)
  return commitment
}

function commit({ shards, firstSymbols, firstRecords, hash }: SpanShards): IndexCommitment {
  const records = new OrderedTree(recordLeaves(shards, firstSymbols))
  const text = new OrderedTree(symbolLeaves(shards.map((shard) => shard.text)))
  const sorted = shards.map(({ suffixes }) => new OrderedTree(symbolLeaves([suffixes])))
  const [suffixes, suffixesRoot] = shards.length === 1 ? [sorted[0], sorted[0].root] : overShards(shards, sorted)
  const header: IndexHeader = { fileHash: hash, length: firstSymbols[shards.length], recordCount: firstRecords[shards.length], recordsRoot: records.root, textRoot: text.root, suffixesRoot }
  return { root: indexRoot(header), header, records, text, suffixes }
}

function* recordLeaves(shards: readonly SpanIndex[], firstSymbols: readonly number[]): Generator<Uint8Array> {
  for (const [s, shard] of shards.entries()) {
    for (let k = 0; k < shard.recordIds.length; k++) {
      const record = indexRecordOf(shard, k)
      yield indexRecordLeaf({ ...record, start: firstSymbols[s] + record.start })
    }
  }
}

/** The tree over the shards' suffix arrays, and its root under a kind of its own. */
function overShards(shards: readonly SpanIndex[], sorted: readonly OrderedTree[]): [OrderedTree, Hex] {
  const tree = new OrderedTree(shards.map(({ recordIds, text }, s) => abiEncode([recordIds.length, text.length, sorted[s].root])))
  return [tree, keccak(abiEncode([shardsKind, tree.root]))]
}
