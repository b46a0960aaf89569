import { fail, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { fileHash } from '../binary/fileHash.ts'
import { encodeSpanIndex } from './encodeSpanIndex.ts'
import { suffixArray } from './suffixArray.ts'

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

export type SpanIndexParts = Omit<SpanIndex, 'starts' | 'text' | 'suffixes' | 'alphabet' | 'hash'>

/** Lays the records out as one text; `tokenAt` gives all tokens one after the other, without separators. */
export function layOutText(parts: SpanIndexParts, tokenAt: (i: number) => number): Pick<SpanIndex, 'starts' | 'text' | 'alphabet'> {
  const count = parts.recordIds.length
  const starts = new Int32Array(count + 1)
  for (let k = 0; k < count; k++) starts[k + 1] = starts[k] + parts.promptLengths[k] + parts.completionLengths[k] + 2
  const text = new Uint32Array(starts[count])
  let alphabet = 1
  for (let k = 0, at = 0, i = 0; k < count; k++) {
    for (const length of [parts.promptLengths[k], parts.completionLengths[k]]) {
      for (let d = 0; d < length; d++) {
        const symbol = (text[at++] = tokenAt(i++) + 1)
        if (symbol >= alphabet) alphabet = symbol + 1
      }
      at++
    }
  }
  return { starts, text, alphabet }
}

/**
 * Builds the span index of a run's records; the same records in the same order give the same bytes.
 * @param contributors addresses that `SpanRecord.contributor` points into
 * @throws InputError BAD_RECORDS for no records, tokens out of range, an unknown contributor, or more than 2³¹ tokens
 */
export function buildSpanIndex(records: readonly SpanRecord[], contributors: readonly Address[]): SpanIndex {
  if (records.length === 0) fail('BAD_RECORDS', 'a span index needs at least one record', { field: 'records' })
  let size = 0
  for (const { recordId, contributor, commitOrder, prompt, completion } of records) {
    if (!Number.isInteger(contributor) || contributor < 0 || contributor >= contributors.length) {
      fail('BAD_RECORDS', `record ${recordId} names contributor ${contributor} of ${contributors.length}`, { field: 'records' })
    }
    if (!Number.isInteger(commitOrder) || commitOrder < 0 || commitOrder > 0xffffffff) {
      fail('BAD_RECORDS', `record ${recordId} has a commit order that is not an unsigned 32-bit integer`, { field: 'records' })
    }
    size += prompt.length + completion.length + 2
  }
  if (size > 0x7fffffff) fail('BAD_RECORDS', 'more than 2³¹ tokens: split the records over several indexes', { field: 'records' })

  const tokens = new Uint32Array(size - 2 * records.length)
  let at = 0
  for (const { recordId, prompt, completion } of records) {
    for (const field of [prompt, completion]) {
      for (let d = 0; d < field.length; d++) {
        const token = field[d]
        if (!Number.isInteger(token) || token < 0 || token >= maxToken) fail('BAD_RECORDS', `record ${recordId} holds a token id that is not in [0, 2²⁴)`, { field: 'records' })
        tokens[at++] = token
      }
    }
  }
  const parts: SpanIndexParts = {
    contributors: contributors.map((c) => c.toLowerCase() as Address),
    recordIds: records.map((r) => r.recordId.toLowerCase() as Hex),
    contributorOf: Uint32Array.from(records, (r) => r.contributor),
    commitOrders: Uint32Array.from(records, (r) => r.commitOrder),
    promptLengths: Uint32Array.from(records, (r) => r.prompt.length),
    completionLengths: Uint32Array.from(records, (r) => r.completion.length),
  }
  const laidOut = layOutText(parts, (i) => tokens[i])
  const suffixes = suffixArray(laidOut.text, laidOut.alphabet)
  const index = { ...parts, ...laidOut, suffixes }
  return { ...index, hash: fileHash(encodeSpanIndex(index)) }
}
