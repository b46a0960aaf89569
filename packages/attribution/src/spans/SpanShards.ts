import { fail, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { fileHash } from '../binary/fileHash.ts'
import { encodeShardList } from './shardList.ts'
import { alphabetOf, buildSpanIndex, recordStarts, type SpanIndex, type SpanRecord } from './SpanIndex.ts'

/** Places of a text have 32 bits in documents and in courts: all shards of one list together hold no more symbols. */
export const maxSymbols = 0xffffffff

/**
 * Span indexes over consecutive ranges of one list of records, which count as one: positions, ranks and records are numbered as in an
 * index over the whole list. One alone is that index itself.
 */
export type SpanShards = {
  readonly shards: readonly SpanIndex[]
  /** The number of each shard's first record, and of all records. */
  readonly firstRecords: readonly number[]
  /** Where each shard begins in the whole text, and its end. */
  readonly firstSymbols: readonly number[]
  /** SHA-256 of the file that names the shards (`encodeShardList`); of one alone, of its own file. */
  readonly hash: Hex
}

const known = new WeakMap<SpanIndex, SpanShards>()

/** An index as the only shard of its list. */
export function soleShard(index: SpanIndex): SpanShards {
  const before = known.get(index)
  if (before) return before
  const shards = { shards: [index], firstRecords: [0, index.recordIds.length], firstSymbols: [0, index.text.length], hash: index.hash }
  known.set(index, shards)
  return shards
}

/**
 * Puts indexes over consecutive ranges of one list together.
 * @throws InputError BAD_SHARDS for none, for lists of contributors that differ, or for more symbols than 32 bits count
 */
export function joinShards(shards: readonly SpanIndex[]): SpanShards {
  const [first] = shards
  const refuse = (message: string): never => fail('BAD_SHARDS', message, { field: 'shards', fix: 'take the shards that one list names, in its order' })
  if (first === undefined) return refuse('a list of shards names at least one')
  if (shards.length === 1) return soleShard(first)
  const [firstRecords, firstSymbols] = [[0], [0]]
  for (const [s, { contributors, recordIds, text }] of shards.entries()) {
    if (contributors.join() !== first.contributors.join()) refuse(`shard ${s} lists other contributors than the first`)
    firstRecords.push(firstRecords[s] + recordIds.length)
    firstSymbols.push(firstSymbols[s] + text.length)
  }
  if (firstSymbols[shards.length] > maxSymbols) refuse(`the shards hold ${firstSymbols[shards.length]} symbols, ${maxSymbols} can be numbered: divide the records over several adapters`)
  return { shards, firstRecords, firstSymbols, hash: fileHash(encodeShardList(shards.map((shard) => ({ hash: shard.hash, records: shard.recordIds.length, symbols: shard.text.length })))) }
}

/**
 * Builds the shards of a list of records.
 * @param counts how many records each shard takes (see `planShards`); one for all gives the index over the whole list
 * @throws InputError BAD_SHARDS when the counts are not those of the list, and as `buildSpanIndex` and `joinShards`
 */
export function buildSpanShards(records: readonly SpanRecord[], contributors: readonly Address[], counts: readonly number[]): SpanShards {
  return joinShards(shardRecords(records, counts).map((part) => buildSpanIndex(part, contributors)))
}

/** The records of each shard. @throws InputError BAD_SHARDS when the counts do not sum to the records */
export function shardRecords(records: readonly SpanRecord[], counts: readonly number[]): SpanRecord[][] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total !== records.length) fail('BAD_SHARDS', `the shards take ${total} records of ${records.length}`, { field: 'counts' })
  let from = 0
  return counts.map((count) => records.slice(from, (from += count)))
}

const wholes = new WeakMap<SpanShards, SpanIndex>()

/**
 * One view of all shards, for openings: records and text numbered through, the text copied (4 bytes per symbol). Several shards have no
 * suffix array of the whole: `suffixes` is empty then. One alone is given as it is. The same object gives the same view.
 */
export function wholeIndex(index: SpanShards): SpanIndex {
  if (index.shards.length === 1) return index.shards[0]
  const whole = wholes.get(index) ?? copyWhole(index)
  wholes.set(index, whole)
  return whole
}

function copyWhole({ shards, firstSymbols, hash }: SpanShards): SpanIndex {
  const [first] = shards
  const column = (pick: (shard: SpanIndex) => Uint32Array): Uint32Array => {
    const joined = new Uint32Array(shards.reduce((sum, shard) => sum + pick(shard).length, 0))
    let at = 0
    for (const shard of shards) {
      joined.set(pick(shard), at)
      at += pick(shard).length
    }
    return joined
  }
  const lengths = { promptLengths: column((s) => s.promptLengths), completionLengths: column((s) => s.completionLengths) }
  const text = new Uint32Array(firstSymbols[shards.length])
  shards.forEach((shard, s) => text.set(shard.text, firstSymbols[s]))
  return {
    contributors: first.contributors,
    recordIds: shards.flatMap(({ recordIds }) => recordIds),
    contributorOf: column((s) => s.contributorOf),
    commitOrders: column((s) => s.commitOrders),
    ...lengths,
    starts: recordStarts(lengths),
    text,
    suffixes: new Int32Array(0),
    alphabet: alphabetOf(text),
    hash,
  }
}
