import { policy } from '../policy.ts'
import { distinctOwners } from './distinctOwners.ts'
import { EarliestRecords } from './EarliestRecords.ts'
import { firstRanks } from './firstRanks.ts'
import { MinimumTree } from './MinimumTree.ts'
import { RecordPlaces } from './RecordPlaces.ts'
import type { SpanPlace } from './Span.ts'
import type { SpanIndex } from './SpanIndex.ts'
import type { SpanStructures } from './SpanStructures.ts'

/** Ranks [lo, hi) whose suffixes agree in `depth` symbols. */
export type Interval = { lo: number; hi: number; depth: number }

/** What an index knows of a symbol: how often it stands there, revoked records among them, and its ranks among live suffixes. */
export type KnownSymbol = { count: number; lo: number; hi: number }

/**
 * The records of one shard, as an answer is matched against them. An answer is matched in one pass, each of its tokens read once: when its
 * first token is dropped, the suffix links of the index lead from the matches of the rest to the next ones (matching statistics:
 * Chang and Lawler 1994), so that answers that repeat one token cost no more than others.
 */
export class ShardMatcher {
  readonly index: SpanIndex
  readonly #live: SpanStructures
  readonly #common: MinimumTree
  readonly #places: RecordPlaces
  readonly #earliest: EarliestRecords
  readonly #contributors: { booked: Int32Array } | { before: MinimumTree }
  readonly #symbols = new Map<number, KnownSymbol>()

  /** @param structures from `prepareSpans` of the same index */
  constructor(index: SpanIndex, structures: SpanStructures) {
    this.index = index
    this.#live = structures
    this.#common = new MinimumTree(structures.common)
    this.#places = new RecordPlaces(index.starts)
    const { suffixes, priorities, contributors } = structures
    this.#contributors = 'booked' in contributors ? contributors : { before: new MinimumTree(contributors.before) }
    this.#earliest = new EarliestRecords(structures.earliest, policy.maxCopies + 1, (rank) => priorities[this.#places.recordAt(suffixes[rank])])
  }

  /** Tokens in all records. */
  get tokens(): number {
    return this.index.text.length - 2 * this.index.recordIds.length
  }

  /** What stands in the index of a symbol; undefined when it does not. */
  lookUp(symbol: number): KnownSymbol | undefined {
    const { text, suffixes, alphabet } = this.index
    const known = this.#symbols.get(symbol)
    if (known) return known
    if (!(Number.isInteger(symbol) && symbol >= 1 && symbol < alphabet)) return undefined
    const [first, last] = narrow(text, suffixes, 0, suffixes.length, 0, symbol)
    if (first === last) return undefined
    const [lo, hi] = this.#isWhole ? [first, last] : narrow(text, this.#live.suffixes, 0, this.#live.suffixes.length, 0, symbol)
    const found = { count: last - first, lo, hi }
    this.#symbols.set(symbol, found)
    return found
  }

  /** Whether nothing is revoked, so that live ranks are the index's own. */
  get #isWhole(): boolean {
    return this.#live.suffixes === this.index.suffixes
  }

  /** The match of no symbols. */
  root(): Interval {
    return { lo: 0, hi: this.#live.suffixes.length, depth: 0 }
  }

  /** Matches on from a match of the answer at `start` while the answer does. */
  extend({ lo, hi, depth }: Interval, answer: ArrayLike<number>, start: number): Interval {
    const { suffixes } = this.#live
    for (; start + depth < answer.length; depth++) {
      const symbol = answer[start + depth] + 1
      const known = this.lookUp(symbol)
      if (!known) break
      const [first, last] = depth === 0 ? [known.lo, known.hi] : narrow(this.index.text, suffixes, lo, hi, depth, symbol)
      if (first >= last) break
      lo = first
      hi = last
    }
    return { lo, hi, depth }
  }

  /** The match of what is left of a match without its first `count` symbols. */
  drop({ lo, depth }: Interval, count: number): Interval {
    const { suffixes, ranks } = this.#live
    return count >= depth ? this.root() : this.#widen(ranks[suffixes[lo] + count], depth - count)
  }

  /** The match of the first `depth` symbols of a match, at least one. */
  shorten(match: Interval, depth: number): Interval {
    return depth === match.depth ? match : this.#widen(match.lo, depth)
  }

  #widen(rank: number, depth: number): Interval {
    return { lo: this.#common.lastBelow(rank, depth), hi: this.#common.firstBelow(rank + 1, depth), depth }
  }

  /** Exact counts over the records of a match that are not revoked. */
  count({ lo, hi }: Interval): { occurrences: number; records: number } {
    return { occurrences: hi - lo, records: distinctOwners(this.#live.recordRepetitions, lo, hi) }
  }

  /**
   * Exactly how many contributors these records have beyond those that are told of: in constant time for the only shard of a list, in
   * time that goes by their number for one of several.
   * @param counted contributors, by number, that earlier shards gave; the new ones of one of several shards are added to it
   */
  countContributors({ lo, hi }: Interval, counted: Set<number>): number {
    if ('booked' in this.#contributors) return distinctOwners(this.#contributors.booked, lo, hi)
    const before = counted.size
    for (const rank of firstRanks(this.#contributors.before, lo, hi)) {
      if (counted.size === this.index.contributors.length) break
      counted.add(this.index.contributorOf[this.#places.recordAt(this.#live.suffixes[rank])])
    }
    return counted.size - before
  }

  /** Where a match first stands in each of the first committed records, and when these were committed. */
  earliest({ lo, hi }: Interval): { place: SpanPlace; commitOrder: number }[] {
    return this.#earliest.find(lo, hi).map((rank) => {
      const record = this.#places.recordAt(this.#live.suffixes[rank])
      return { place: this.#place(record, this.#firstPosition(record, lo, hi)), commitOrder: this.index.commitOrders[record] }
    })
  }

  /** The first place of a record whose rank lies in [lo, hi); there is one. Ranks of its places would depend on what follows the record. */
  #firstPosition(record: number, lo: number, hi: number): number {
    const { ranks } = this.#live
    let position = this.index.starts[record]
    while (ranks[position] < lo || ranks[position] >= hi) position++
    return position
  }

  /**
   * How many suffixes of the index, revoked records among them, sort before the answer's first `length` symbols from `start` on, and how many
   * sort before or begin with them.
   * @param match the longest match at `start`, cut to `length`
   */
  ranksOf({ lo, hi, depth }: Interval, answer: ArrayLike<number>, start: number, length: number): { lo: number; hi: number } {
    const { text, suffixes } = this.index
    let ranks: [number, number] = this.#isWhole ? [lo, hi] : [0, suffixes.length]
    for (let d = this.#isWhole ? depth : 0; d < length && ranks[0] < ranks[1]; d++) ranks = narrow(text, suffixes, ...ranks, d, answer[start + d] + 1)
    return { lo: ranks[0], hi: ranks[1] }
  }

  #place(record: number, position: number): SpanPlace {
    const { recordIds, contributors, contributorOf, starts, promptLengths } = this.index
    const offset = position - starts[record]
    const inPrompt = offset < promptLengths[record]
    return {
      recordId: recordIds[record],
      contributor: contributors[contributorOf[record]],
      field: inPrompt ? 'prompt' : 'completion',
      offset: inPrompt ? offset : offset - promptLengths[record] - 1,
      position,
    }
  }
}

/** The ranks in [lo, hi), whose suffixes agree in `depth` symbols, that have `symbol` next. */
function narrow(text: Uint32Array, suffixes: Int32Array, lo: number, hi: number, depth: number, symbol: number): [number, number] {
  if (lo < hi && text[suffixes[lo] + depth] === symbol && text[suffixes[hi - 1] + depth] === symbol) return [lo, hi]
  const first = lowerBound(text, suffixes, lo, hi, depth, symbol)
  // There are few of them as a rule: the end is sought from the beginning, in steps that double.
  let step = 1
  while (first + step < hi && text[suffixes[first + step] + depth] <= symbol) step *= 2
  return [first, lowerBound(text, suffixes, first + (step >>> 1), Math.min(hi, first + step), depth, symbol + 1)]
}

/** The first rank in [lo, hi) whose symbol at `depth` is not below `wanted`, or hi. */
function lowerBound(text: Uint32Array, suffixes: Int32Array, lo: number, hi: number, depth: number, wanted: number): number {
  let a = lo
  let b = hi
  while (a < b) {
    const middle = (a + b) >>> 1
    if (text[suffixes[middle] + depth] < wanted) a = middle + 1
    else b = middle
  }
  return a
}
