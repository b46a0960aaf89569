import type { Hex } from '@openledger/protocol'
import { policy } from '../policy.ts'
import { log2Fixed } from './log2Fixed.ts'
import type { SpanRecord } from './SpanIndex.ts'

/** What scanning finds of a span; every token of the answer is a word. */
export type ScannedSpan = { start: number; length: number; weight: number; occurrences: number; records: number; contributors: number; source: Hex }

/** Where words stand longest, over all fields of all records. */
type Longest = { length: number; holders: { record: SpanRecord; place: number }[] }

/**
 * The spans of an answer by comparing it with every place of every record: the definition, without any index, to measure recall against.
 * Takes a pass over all tokens for every token of the answer that no span holds.
 */
export function spansByScanning(records: readonly SpanRecord[], answer: readonly number[]): ScannedSpan[] {
  const wanted = new Map(answer.map((token) => [token, 0]))
  let total = 0
  for (const { prompt, completion } of records) {
    for (const field of [prompt, completion]) {
      total += field.length
      for (let p = 0; p < field.length; p++) {
        const count = wanted.get(field[p])
        if (count !== undefined) wanted.set(field[p], count + 1)
      }
    }
  }
  const weightOf = (token: number): number => (wanted.get(token) === 0 ? 0 : log2Fixed(total) - log2Fixed(wanted.get(token)!))
  const found: ScannedSpan[] = []
  for (let start = 0; start < answer.length; ) {
    const { length, holders } = longestAt(records, answer, start)
    const weight = answer.slice(start, start + length).reduce((sum, token) => sum + weightOf(token), 0)
    if (length === 0 || weight < log2Fixed(total) + policy.spanMarginBits * policy.unitsPerBit) {
      start++
      continue
    }
    const distinct = [...new Map(holders.map((holder) => [holder.place, holder])).values()].sort((a, b) => a.record.commitOrder - b.record.commitOrder || a.place - b.place)
    found.push({ start, length, weight, occurrences: holders.length, records: distinct.length, contributors: new Set(distinct.map(({ record }) => record.contributor)).size, source: distinct[0].record.recordId })
    start += length
  }
  return found
}

function longestAt(records: readonly SpanRecord[], answer: readonly number[], start: number): Longest {
  const best: Longest = { length: 0, holders: [] }
  for (const [place, record] of records.entries()) {
    for (const field of [record.prompt, record.completion]) {
      for (let p = 0; p < field.length; p++) {
        if (field[p] !== answer[start]) continue
        let length = 1
        while (start + length < answer.length && p + length < field.length && field[p + length] === answer[start + length]) length++
        if (length < best.length) continue
        if (length > best.length) {
          best.length = length
          best.holders = []
        }
        best.holders.push({ record, place })
      }
    }
  }
  return best
}
