import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { policy } from '../policy.ts'
import { log2Fixed } from './log2Fixed.ts'
import { distinctOwners } from './distinctOwners.ts'
import { EarliestRecords } from './EarliestRecords.ts'
import { MinimumTree } from './MinimumTree.ts'
import { RecordPlaces } from './RecordPlaces.ts'
import type { SpanIndex } from './SpanIndex.ts'
import { prepareSpans, type SpanStructures } from './SpanStructures.ts'

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
  /** The same with each token counting no more than its surprise to the bare base: what the base would have said anyway weighs little. */
  discountedWeight: number
  /** Exact counts over records that are not revoked. */
  occurrences: number
  records: number
  contributors: number
  /** The first committed record that holds it; where it stands there more than once, the place of lowest suffix rank. */
  source: SpanPlace
  /** The other records, earliest first, at most `policy.maxCopies` of `records − 1`. */
  copies: SpanPlace[]
}

const noRecords: ReadonlySet<Hex> = new Set()

/** Ranks [lo, hi) whose suffixes agree in `depth` symbols. */
type Interval = { lo: number; hi: number; depth: number }

/**
 * Finds spans in one index, leaving out revoked records. Opening it is linear in the index; the suffix array is not rebuilt.
 * An answer is matched in one pass, each of its tokens read once: when its first token is dropped, the suffix links of the index lead from the
 * matches of the rest to the next ones (matching statistics: Chang and Lawler 1994), so that answers that repeat one token
 * cost no more than others. Distinct records and contributors are counted in constant time.
 */
export class SpanFinder {
  readonly index: SpanIndex
  readonly revoked: ReadonlySet<Hex>
  readonly #live: SpanStructures
  readonly #common: MinimumTree
  readonly #places: RecordPlaces
  readonly #earliest: EarliestRecords
  readonly #tokenBits: number
  readonly #threshold: number
  /** Per symbol that was looked up and stands in the index: its weight, and its ranks among live suffixes. */
  readonly #symbols = new Map<number, { weight: number; lo: number; hi: number }>()

  /**
   * @param revoked ids of records that must not be found, lower case
   * @param structures from `prepareSpans` of the same index and records; absent: computed here
   */
  constructor(index: SpanIndex, revoked: ReadonlySet<Hex> = noRecords, structures: SpanStructures = prepareSpans(index, revoked)) {
    this.index = index
    this.revoked = revoked
    this.#live = structures
    this.#common = new MinimumTree(structures.common)
    this.#places = new RecordPlaces(index.starts)
    const { suffixes, priorities } = structures
    this.#earliest = new EarliestRecords(structures.earliest, policy.maxCopies + 1, (rank) => priorities[this.#places.recordAt(suffixes[rank])])
    this.#tokenBits = log2Fixed(Math.max(1, index.text.length - 2 * index.recordIds.length))
    this.#threshold = this.#tokenBits + policy.spanMarginBits * policy.unitsPerBit
  }

  /** −log2 of a token's frequency in the records, revoked ones among them, in 1/1024 bit; 0 for a token that they do not hold. */
  tokenWeight(token: number): number {
    return this.#symbol(token + 1)?.weight ?? 0
  }

  #symbol(symbol: number): { weight: number; lo: number; hi: number } | undefined {
    const known = this.#symbols.get(symbol)
    if (known) return known
    if (!(Number.isInteger(symbol) && symbol >= 1 && symbol < this.index.alphabet)) return undefined
    const [first, last] = narrow(this.index.text, this.index.suffixes, 0, this.index.text.length, 0, symbol)
    if (first === last) return undefined
    const [lo, hi] = this.#isWhole ? [first, last] : narrow(this.index.text, this.#live.suffixes, 0, this.#live.suffixes.length, 0, symbol)
    const found = { weight: this.#tokenBits - log2Fixed(last - first), lo, hi }
    this.#symbols.set(symbol, found)
    return found
  }

  /** Whether nothing is revoked, so that live ranks are the index's own. */
  get #isWhole(): boolean {
    return this.#live.suffixes === this.index.suffixes
  }

  /**
   * Leftmost-longest exact matches of whole words of the answer, without overlaps, that stand clear of chance.
   * @param answer token ids
   * @param wordStarts 1 where a word of the answer starts (see `wordStarts`), one per token; absent: every token is a word
   * @param baseSurprisal what each token told the bare base, in 1/1024 bit (see `surprisal`); absent: nothing is discounted
   */
  find(answer: ArrayLike<number>, wordStarts?: Uint8Array, baseSurprisal?: ArrayLike<number>): Span[] {
    const symbols = Array.from(answer, (token) => this.#symbol(token + 1))
    const weights = runningTotals(symbols.map((symbol) => symbol?.weight ?? 0))
    const discounted = baseSurprisal ? runningTotals(symbols.map((symbol, i) => Math.min(symbol?.weight ?? 0, baseSurprisal[i]))) : weights
    const boundaries = lastBoundaries(answer.length, wordStarts)
    const spans: Span[] = []
    let match: Interval = { lo: 0, hi: this.#live.suffixes.length, depth: 0 }
    for (let start = 0; start < answer.length; ) {
      match = this.#extend(match, answer, start, symbols)
      const end = boundaries[start] === start ? boundaries[start + match.depth] : start
      const weight = weights[end] - weights[start]
      const isSpan = end > start && weight >= this.#threshold
      if (isSpan) spans.push(this.#describe(answer, start, this.#widen(match.lo, end - start), { weight, discountedWeight: discounted[end] - discounted[start] }))
      const step = isSpan ? end - start : 1
      match = this.#drop(match, step)
      start += step
    }
    return spans
  }

  /** Matches on while the answer does. */
  #extend({ lo, hi, depth }: Interval, answer: ArrayLike<number>, start: number, symbols: readonly ({ lo: number; hi: number } | undefined)[]): Interval {
    const { suffixes } = this.#live
    for (; start + depth < symbols.length; depth++) {
      const symbol = symbols[start + depth]
      if (!symbol) break
      const [first, last] = depth === 0 ? [symbol.lo, symbol.hi] : narrow(this.index.text, suffixes, lo, hi, depth, answer[start + depth] + 1)
      if (first >= last) break
      lo = first
      hi = last
    }
    return { lo, hi, depth }
  }

  /** The ranks that agree with a rank in `depth` symbols. */
  #widen(rank: number, depth: number): Interval {
    return { lo: this.#common.lastBelow(rank, depth), hi: this.#common.firstBelow(rank + 1, depth), depth }
  }

  /** The matches of what is left of a match without its first `count` symbols. */
  #drop({ lo, depth }: Interval, count: number): Interval {
    const { suffixes, ranks } = this.#live
    if (count >= depth) return { lo: 0, hi: suffixes.length, depth: 0 }
    return this.#widen(ranks[suffixes[lo] + count], depth - count)
  }

  #describe(answer: ArrayLike<number>, start: number, { lo, hi, depth }: Interval, weights: Pick<Span, 'weight' | 'discountedWeight'>): Span {
    const { suffixes, recordRepetitions, contributorRepetitions } = this.#live
    const places = this.#earliest.find(lo, hi).map((rank) => this.#place(suffixes[rank]))
    return {
      start,
      length: depth,
      ...(this.#isWhole ? { lo, hi } : this.#ranksOf(answer, start, depth)),
      ...weights,
      occurrences: hi - lo,
      records: distinctOwners(recordRepetitions, lo, hi),
      contributors: distinctOwners(contributorRepetitions, lo, hi),
      source: places[0],
      copies: places.slice(1),
    }
  }

  /** The ranks in the index, revoked records among them, of words that stand in it. */
  #ranksOf(answer: ArrayLike<number>, start: number, length: number): { lo: number; hi: number } {
    const { text, suffixes } = this.index
    let [lo, hi] = [0, suffixes.length]
    for (let depth = 0; depth < length; depth++) [lo, hi] = narrow(text, suffixes, lo, hi, depth, answer[start + depth] + 1)
    return { lo, hi }
  }

  #place(position: number): SpanPlace {
    const { recordIds, contributors, contributorOf, starts, promptLengths } = this.index
    const record = this.#places.recordAt(position)
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

/** The ranks in [lo, hi), whose suffixes agree in `depth` symbols, that have `symbol` next. */
function narrow(text: Uint32Array, suffixes: Int32Array, lo: number, hi: number, depth: number, symbol: number): [number, number] {
  if (lo < hi && text[suffixes[lo] + depth] === symbol && text[suffixes[hi - 1] + depth] === symbol) return [lo, hi]
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
