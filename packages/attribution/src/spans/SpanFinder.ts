import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { policy } from '../policy.ts'
import { log2Fixed } from './log2Fixed.ts'
import { RangeMinimum } from './RangeMinimum.ts'
import type { SpanIndex } from './SpanIndex.ts'

/** Where words stand in a record; `offset` counts tokens from the start of the field, `position` symbols from the start of the index's text. */
export type SpanPlace = { recordId: Hex; contributor: Address; field: 'prompt' | 'completion'; offset: number; position: number }

/** A stretch of an answer that stands word for word in the records. Positions and lengths in tokens of the answer. */
export type Span = {
  start: number
  length: number
  /** Suffix ranks [lo, hi) of all occurrences, revoked records among them. */
  lo: number
  hi: number
  /** −Σ log2 of unigram frequencies, in 1/1024 bit. */
  weight: number
  /** Exact counts over records that are not revoked. */
  occurrences: number
  records: number
  contributors: number
  /** The first committed record that holds it; where it stands there more than once, the place of lowest suffix rank. */
  source: SpanPlace
  /** The other records, earliest first, at most `policy.maxCopies` of `records − 1`. */
  copies: SpanPlace[]
}

const never = 0x7fffffff
const noRecords: ReadonlySet<Hex> = new Set()

/**
 * Finds spans in one index, leaving out revoked records. Opening it is linear in the index; the suffix array is not rebuilt.
 * Distinct records and contributors are counted by document listing (Muthukrishnan 2002) in time of their number.
 */
export class SpanFinder {
  readonly index: SpanIndex
  readonly revoked: ReadonlySet<Hex>
  /** First rank of each first symbol, and the end. */
  readonly #buckets: Int32Array
  readonly #weights: Int32Array
  readonly #threshold: number
  readonly #recordOf: Int32Array
  /** Place of each record in the order of commitment. */
  readonly #priority: Int32Array
  readonly #previousRecord: RangeMinimum
  readonly #previousContributor: RangeMinimum
  /** Occurrences that are not revoked before each rank; absent when nothing is revoked. */
  readonly #live: Int32Array | undefined

  /** @param revoked ids of records that must not be found, lower case */
  constructor(index: SpanIndex, revoked: ReadonlySet<Hex> = noRecords) {
    this.index = index
    this.revoked = revoked
    const { text, suffixes, alphabet, recordIds, commitOrders, contributorOf, starts } = index
    const n = text.length
    this.#buckets = new Int32Array(alphabet + 1)
    for (let i = 0; i < n; i++) this.#buckets[text[i] + 1]++
    const tokens = n - this.#buckets[1]
    this.#weights = unigramWeights(this.#buckets, tokens)
    for (let c = 0; c < alphabet; c++) this.#buckets[c + 1] += this.#buckets[c]
    this.#threshold = log2Fixed(Math.max(1, tokens)) + policy.spanMarginBits * policy.unitsPerBit

    this.#recordOf = new Int32Array(n)
    for (let k = 0; k < recordIds.length; k++) this.#recordOf.fill(k, starts[k], starts[k + 1])
    const byCommit = Uint32Array.from(recordIds.keys()).sort((a, b) => commitOrders[a] - commitOrders[b] || a - b)
    this.#priority = new Int32Array(recordIds.length)
    byCommit.forEach((record, place) => (this.#priority[record] = place))
    const isRevoked = Uint8Array.from(recordIds, (id) => (revoked.has(id) ? 1 : 0))
    const anyRevoked = isRevoked.includes(1)

    const previousRecord = new Int32Array(n)
    const previousContributor = new Int32Array(n)
    const lastOfRecord = new Int32Array(recordIds.length).fill(-1)
    const lastOfContributor = new Int32Array(index.contributors.length).fill(-1)
    const live = anyRevoked ? new Int32Array(n + 1) : undefined
    for (let r = 0; r < n; r++) {
      const record = this.#recordOf[suffixes[r]]
      const skip = isRevoked[record] === 1
      previousRecord[r] = skip ? never : lastOfRecord[record]
      previousContributor[r] = skip ? never : lastOfContributor[contributorOf[record]]
      if (live) live[r + 1] = live[r] + (skip ? 0 : 1)
      if (skip) continue
      lastOfRecord[record] = r
      lastOfContributor[contributorOf[record]] = r
    }
    this.#live = live
    this.#previousRecord = new RangeMinimum(previousRecord)
    this.#previousContributor = new RangeMinimum(previousContributor)
  }

  /** −log2 of a token's frequency in the records, in 1/1024 bit; 0 for a token that they do not hold. */
  tokenWeight(token: number): number {
    return this.#weights[token + 1] ?? 0
  }

  /** Occurrences in ranks [lo, hi) that are not revoked. */
  #occurrences(lo: number, hi: number): number {
    return this.#live ? this.#live[hi] - this.#live[lo] : hi - lo
  }

  /**
   * Leftmost-longest exact matches of whole words of the answer, without overlaps, that stand clear of chance.
   * @param answer token ids
   * @param wordStarts 1 where a word of the answer starts (see `wordStarts`), one per token; absent: every token is a word
   */
  find(answer: ArrayLike<number>, wordStarts?: Uint8Array): Span[] {
    const spans: Span[] = []
    const isBoundary = (p: number): boolean => p === 0 || p === answer.length || wordStarts === undefined || wordStarts[p] === 1
    for (let start = 0; start < answer.length; ) {
      const match = isBoundary(start) ? this.#longest(answer, start, isBoundary) : undefined
      if (match && match.weight >= this.#threshold) {
        spans.push(this.#describe(start, match))
        start += match.length
      } else start++
    }
    return spans
  }

  #longest(answer: ArrayLike<number>, start: number, isBoundary: (p: number) => boolean): Match | undefined {
    let best: Match | undefined
    let lo = 0
    let hi = this.index.text.length
    let weight = 0
    for (let depth = 0; start + depth < answer.length; depth++) {
      const symbol = answer[start + depth] + 1
      if (!(symbol >= 1 && symbol < this.index.alphabet)) break
      if (depth === 0) [lo, hi] = [this.#buckets[symbol], this.#buckets[symbol + 1]]
      else [lo, hi] = this.#narrow(lo, hi, depth, symbol)
      if (lo >= hi || this.#occurrences(lo, hi) === 0) break
      weight += this.#weights[symbol]
      if (isBoundary(start + depth + 1)) best = { length: depth + 1, lo, hi, weight }
    }
    return best
  }

  /** The ranks in [lo, hi), whose suffixes agree in `depth` symbols, that have `symbol` next. */
  #narrow(lo: number, hi: number, depth: number, symbol: number): [number, number] {
    const { text, suffixes } = this.index
    if (text[suffixes[lo] + depth] === symbol && text[suffixes[hi - 1] + depth] === symbol) return [lo, hi]
    const lowerBound = (from: number, wanted: number): number => {
      let a = from
      let b = hi
      while (a < b) {
        const middle = (a + b) >>> 1
        if (text[suffixes[middle] + depth] < wanted) a = middle + 1
        else b = middle
      }
      return a
    }
    const first = lowerBound(lo, symbol)
    return [first, lowerBound(first, symbol + 1)]
  }

  #describe(start: number, { length, lo, hi, weight }: Match): Span {
    const ranks = listDistinct(this.#previousRecord, lo, hi)
    const places = this.#earliest(ranks, policy.maxCopies + 1).map((rank) => this.#place(this.index.suffixes[rank]))
    return {
      start,
      length,
      lo,
      hi,
      weight,
      occurrences: this.#occurrences(lo, hi),
      records: ranks.length,
      contributors: listDistinct(this.#previousContributor, lo, hi).length,
      source: places[0],
      copies: places.slice(1),
    }
  }

  /** Of the first ranks of distinct records, those of the `limit` earliest committed, in that order. */
  #earliest(ranks: readonly number[], limit: number): number[] {
    const { suffixes } = this.index
    const priority = (rank: number): number => this.#priority[this.#recordOf[suffixes[rank]]]
    const chosen: number[] = []
    for (const rank of ranks) {
      if (chosen.length === limit && priority(rank) > priority(chosen[limit - 1])) continue
      let k = Math.min(chosen.length, limit - 1)
      for (; k > 0 && priority(chosen[k - 1]) > priority(rank); k--) chosen[k] = chosen[k - 1]
      chosen[k] = rank
    }
    return chosen
  }

  #place(position: number): SpanPlace {
    const { recordIds, contributors, contributorOf, starts, promptLengths } = this.index
    const record = this.#recordOf[position]
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

type Match = { length: number; lo: number; hi: number; weight: number }

/** Per symbol: log2 N − log2 count in 1/1024 bit; `counts[c + 1]` is the count of symbol c. */
function unigramWeights(counts: Int32Array, tokens: number): Int32Array {
  const known = new Map<number, number>()
  const weights = new Int32Array(counts.length - 1)
  for (let c = 1; c < weights.length; c++) {
    const count = counts[c + 1]
    if (count === 0) continue
    if (!known.has(count)) known.set(count, log2Fixed(tokens) - log2Fixed(count))
    weights[c] = known.get(count)!
  }
  return weights
}

/** The ranks in [lo, hi) whose entry points before lo: the first of each document in the range (Muthukrishnan 2002). */
function listDistinct(previous: RangeMinimum, lo: number, hi: number): number[] {
  const firsts: number[] = []
  const open = [lo, hi]
  while (open.length > 0) {
    const to = open.pop()!
    const from = open.pop()!
    if (from >= to) continue
    const at = previous.argmin(from, to)
    if (previous.values[at] >= lo) continue
    firsts.push(at)
    open.push(from, at, at + 1, to)
  }
  return firsts
}
