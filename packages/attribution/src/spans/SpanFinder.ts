import type { Hex } from '@openledger/protocol'
import { policy } from '../policy.ts'
import { matchAnswer, TokenWeights, type AnswerMatch } from './matchAnswer.ts'
import { ShardMatcher } from './ShardMatcher.ts'
import type { Span } from './Span.ts'
import type { SpanIndex } from './SpanIndex.ts'
import { soleShard, type SpanShards } from './SpanShards.ts'
import { prepareSpans, type SpanStructures } from './SpanStructures.ts'

const noRecords: ReadonlySet<Hex> = new Set()

/**
 * Finds spans in an index or in all shards of one, leaving out revoked records. Opening it is linear in the index; no suffix array is
 * rebuilt. Answers are matched in one pass, all shards side by side. However the records are divided, the spans are the same: weights go by
 * the frequency of tokens in all shards, places and ranks are those of one index over all records (a pattern has as many suffixes before it
 * there as in all shards together), and the first committers of all shards are merged.
 */
export class SpanFinder {
  readonly index: SpanShards
  readonly revoked: ReadonlySet<Hex>
  readonly #shards: readonly ShardMatcher[]
  readonly #weights: TokenWeights

  /**
   * @param revoked ids of records that must not be found, lower case
   * @param structures per shard, from `prepareSpans`, which was told of the same revoked records and whether there are several; absent: computed here
   */
  constructor(index: SpanIndex | SpanShards, revoked: ReadonlySet<Hex> = noRecords, structures?: readonly SpanStructures[]) {
    this.index = 'shards' in index ? index : soleShard(index)
    this.revoked = revoked
    const { shards } = this.index
    this.#shards = shards.map((shard, s) => new ShardMatcher(shard, structures?.[s] ?? prepareSpans(shard, revoked, shards.length > 1)))
    this.#weights = new TokenWeights(this.#shards)
  }

  /** −log2 of a token's frequency in the records, revoked ones among them, in 1/1024 bit; 0 for a token that they do not hold. */
  tokenWeight(token: number): number {
    return this.#weights.of(token)
  }

  /** The spans of an answer; see `matchAnswer` for its arguments. */
  find(answer: ArrayLike<number>, wordStarts?: Uint8Array, baseSurprisal?: ArrayLike<number>): Span[] {
    return matchAnswer(this.#shards, this.#weights, answer, wordStarts, baseSurprisal).map((match) => this.#describe(match, answer))
  }

  #describe({ start, length, weight, discountedWeight, matches }: AnswerMatch, answer: ArrayLike<number>): Span {
    let [lo, hi, occurrences, records, contributors] = [0, 0, 0, 0, 0]
    const counted = new Set<number>()
    const places = matches.flatMap((match, s) => {
      const shard = this.#shards[s]
      const ranks = shard.ranksOf(match, answer, start, length)
      lo += ranks.lo
      hi += ranks.hi
      if (match.depth < length) return []
      const counts = shard.count(match)
      occurrences += counts.occurrences
      records += counts.records
      contributors += shard.countContributors(match, counted)
      const from = this.index.firstSymbols[s]
      return shard.earliest(match).map(({ place, commitOrder }) => ({ place: { ...place, position: from + place.position }, commitOrder }))
    })
    // Sorting is stable: where orders are equal, the shards and each shard's records keep theirs.
    const [source, ...copies] = places
      .sort((a, b) => a.commitOrder - b.commitOrder)
      .slice(0, policy.maxCopies + 1)
      .map(({ place }) => place)
    return { start, length, lo, hi, weight, discountedWeight, occurrences, records, contributors, source, copies }
  }
}
