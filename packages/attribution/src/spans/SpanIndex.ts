import { fail, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { hashSpanIndex } from './encodeSpanIndex.ts'
import { maxSortedSymbols, suffixArray } from './suffixArray.ts'

/** A record as token ids of the served model. */
export type SpanRecord = {
  recordId: Hex
  /** Place in the list of contributors. */
  contributor: number
  /** When it was committed: smaller is earlier (block number, say); equal orders go by place in the list. */
  commitOrder: number
  prompt: ArrayLike<number>
  completion: ArrayLike<number>
}

/**
 * A generalised suffix array over the records of a run: public, and unique for its records.
 * `text` holds each record's prompt and completion as token + 1, with a 0 after each of the two, so that no match runs from a
 * question into its answer or from one record into the next. Arrays are shared: do not change them.
 */
export type SpanIndex = {
  /** Lower case. */
  contributors: readonly Address[]
  recordIds: readonly Hex[]
  /** Per record. */
  contributorOf: Uint32Array
  commitOrders: Uint32Array
  promptLengths: Uint32Array
  completionLengths: Uint32Array
  /** Where each record begins in `text`, and the end. */
  starts: Int32Array
  text: Uint32Array
  suffixes: Int32Array
  /** Largest symbol in `text`, plus 1. */
  alphabet: number
  /** SHA-256 of the file. */
  hash: Hex
}

/** Token ids are below this. */
export const maxToken = 1 << 24

/** Where each record begins in the text, and the end: after each of its two fields stands a separator. */
export function recordStarts({ promptLengths, completionLengths }: Pick<SpanIndex, 'promptLengths' | 'completionLengths'>): Int32Array {
  const starts = new Int32Array(promptLengths.length + 1)
  for (let k = 0; k < promptLengths.length; k++) starts[k + 1] = starts[k] + promptLengths[k] + completionLengths[k] + 2
  return starts
}

/** Writes a field's tokens as symbols. @returns the first place whose token is not in [0, 2²⁴), or −1 */
export function writeSymbols(text: Uint32Array, at: number, tokens: ArrayLike<number>): number {
  for (let d = 0; d < tokens.length; d++) {
    const token = tokens[d]
    if (!(token >= 0 && token < maxToken) || token !== Math.floor(token)) return d
    text[at + d] = token + 1
  }
  return -1
}

/** The largest symbol of a text, plus 1. */
export function alphabetOf(text: Uint32Array): number {
  let largest = 0
  for (let i = 0; i < text.length; i++) if (text[i] > largest) largest = text[i]
  return largest + 1
}

/** An index before its suffixes are sorted. */
export type SpanText = Omit<SpanIndex, 'suffixes' | 'hash'>

/**
 * Lays records out as one text.
 * @throws as `buildSpanIndex`
 */
export function layOutRecords(records: readonly SpanRecord[], contributors: readonly Address[]): SpanText {
  const refuse = (message: string): never => fail('BAD_RECORDS', message, { field: 'records' })
  if (records.length === 0) refuse('a span index needs at least one record')
  const addresses = contributors.map((c) => c.toLowerCase() as Address)
  if (new Set(addresses).size < addresses.length) refuse('a contributor is listed twice')
  const column = (): Uint32Array => new Uint32Array(records.length)
  const parts = { contributors: addresses, recordIds: records.map((r) => r.recordId.toLowerCase() as Hex), contributorOf: column(), commitOrders: column(), promptLengths: column(), completionLengths: column() }
  let size = 0
  for (let k = 0; k < records.length; k++) {
    const { recordId, contributor, commitOrder, prompt, completion } = records[k]
    if (!Number.isInteger(contributor) || contributor < 0 || contributor >= contributors.length) refuse(`record ${recordId} names contributor ${contributor} of ${contributors.length}`)
    if (!Number.isInteger(commitOrder) || commitOrder < 0 || commitOrder > 0xffffffff) refuse(`record ${recordId} has a commit order that is not an unsigned 32-bit integer`)
    parts.contributorOf[k] = contributor
    parts.commitOrders[k] = commitOrder
    parts.promptLengths[k] = prompt.length
    parts.completionLengths[k] = completion.length
    size += prompt.length + completion.length + 2
  }
  if (size > maxSortedSymbols) refuse(`${size} symbols, ${maxSortedSymbols} can be sorted in one piece: split the records over several indexes`)
  const starts = recordStarts(parts)
  const text = new Uint32Array(size)
  records.forEach(({ recordId, prompt, completion }, k) => {
    if (writeSymbols(text, starts[k], prompt) >= 0 || writeSymbols(text, starts[k] + prompt.length + 1, completion) >= 0) refuse(`record ${recordId} holds a token id that is not in [0, 2²⁴)`)
  })
  return { ...parts, starts, text, alphabet: alphabetOf(text) }
}

/** Sorts the suffixes of a text, and names the index. */
export function sortSpanText(laidOut: SpanText): SpanIndex {
  const index = { ...laidOut, suffixes: suffixArray(laidOut.text, laidOut.alphabet) }
  return { ...index, hash: hashSpanIndex(index) }
}

/**
 * Builds the span index of a run's records; the same records in the same order give the same bytes.
 * @param contributors addresses that `SpanRecord.contributor` points into, each once
 * @throws InputError BAD_RECORDS for no records, tokens out of range, an unknown or repeated contributor, or more tokens than can be sorted in one piece
 */
export function buildSpanIndex(records: readonly SpanRecord[], contributors: readonly Address[]): SpanIndex {
  return sortSpanText(layOutRecords(records, contributors))
}
