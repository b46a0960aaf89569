import { policy } from '../policy.ts'
import { log2Fixed } from './log2Fixed.ts'
import type { Interval, ShardMatcher } from './ShardMatcher.ts'

/** A span as it is matched, before its sources are named. */
export type AnswerMatch = {
  start: number
  length: number
  weight: number
  discountedWeight: number
  /** Per shard, the longest match of its words: of `length` symbols where it stands there. */
  matches: Interval[]
}

/** Weights of tokens by their frequency in all shards together. */
export class TokenWeights {
  readonly #shards: readonly ShardMatcher[]
  readonly #bits: number
  /** By token. */
  readonly #known = new Map<number, number>()
  /** The least weight of a span. */
  readonly threshold: number

  constructor(shards: readonly ShardMatcher[]) {
    this.#shards = shards
    this.#bits = log2Fixed(Math.max(1, shards.reduce((sum, shard) => sum + shard.tokens, 0)))
    this.threshold = this.#bits + policy.spanMarginBits * policy.unitsPerBit
  }

  /** −log2 of a token's frequency, revoked records among them, in 1/1024 bit; 0 for a token that the records do not hold. */
  of(token: number): number {
    const known = this.#known.get(token)
    if (known !== undefined) return known
    let count = 0
    for (const shard of this.#shards) count += shard.lookUp(token + 1)?.count ?? 0
    if (count === 0) return 0
    const weight = this.#bits - log2Fixed(count)
    this.#known.set(token, weight)
    return weight
  }
}

/**
 * Leftmost-longest exact matches of whole words of the answer, without overlaps, that stand clear of chance; in one pass over the answer, all
 * shards side by side.
 * @param answer token ids
 * @param wordStarts 1 where a word of the answer starts (see `wordStarts`), one per token; absent: every token is a word
 * @param baseSurprisal what each token told the bare base, in 1/1024 bit (see `surprisal`); absent: nothing is discounted
 */
export function matchAnswer(shards: readonly ShardMatcher[], weightOf: TokenWeights, answer: ArrayLike<number>, wordStarts?: Uint8Array, baseSurprisal?: ArrayLike<number>): AnswerMatch[] {
  const own = Array.from(answer, (token) => weightOf.of(token))
  const weights = runningTotals(own)
  const discounted = baseSurprisal ? runningTotals(own.map((weight, i) => Math.min(weight, baseSurprisal[i]))) : weights
  const boundaries = lastBoundaries(answer.length, wordStarts)
  const found: AnswerMatch[] = []
  const matches = shards.map((shard) => shard.root())
  for (let start = 0; start < answer.length; ) {
    let longest = 0
    for (let s = 0; s < shards.length; s++) {
      matches[s] = shards[s].extend(matches[s], answer, start)
      longest = Math.max(longest, matches[s].depth)
    }
    const end = boundaries[start] === start ? boundaries[start + longest] : start
    const weight = weights[end] - weights[start]
    const isSpan = end > start && weight >= weightOf.threshold
    const length = end - start
    if (isSpan) {
      const cut = matches.map((match, s) => (match.depth > length ? shards[s].shorten(match, length) : match))
      found.push({ start, length, weight, discountedWeight: discounted[end] - discounted[start], matches: cut })
    }
    const step = isSpan ? length : 1
    for (let s = 0; s < shards.length; s++) matches[s] = shards[s].drop(matches[s], step)
    start += step
  }
  return found
}

/** Sums of the first values: one more than there are values. */
function runningTotals(values: readonly number[]): number[] {
  const totals = [0]
  for (const value of values) totals.push(totals[totals.length - 1] + value)
  return totals
}

/** For each place in [0, length], the last one up to it that is between words. */
function lastBoundaries(length: number, wordStarts: Uint8Array | undefined): Int32Array {
  const last = new Int32Array(length + 1)
  for (let p = 1; p <= length; p++) last[p] = p === length || wordStarts === undefined || wordStarts[p] === 1 ? p : last[p - 1]
  return last
}
