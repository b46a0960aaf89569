import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'

/** Where words stand in a record; `offset` counts tokens from the start of the field, `position` symbols from the start of the text of all records. */
export type SpanPlace = { recordId: Hex; contributor: Address; field: 'prompt' | 'completion'; offset: number; position: number }

/** A stretch of an answer that stands word for word in the records. Positions and lengths in tokens of the answer. */
export type Span = {
  start: number
  length: number
  /** Suffix ranks [lo, hi) of all occurrences among the suffixes of all records, revoked ones among them. */
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
  /** The first committed record that holds it, and the first place there. */
  source: SpanPlace
  /** The other records, earliest first, at most `policy.maxCopies` of `records − 1`. */
  copies: SpanPlace[]
}
