import { z } from 'zod'
import { count } from '../../artefacts/fields.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'
import { indexPart, isIndexOf, symbolOpenings, symbolReader } from './indexReading.ts'

/** "The suffix array is out of order, names a place twice, or names none." */
export const suffixOrderSchema = z.strictObject({
  name: z.literal('suffix-order'),
  ...indexPart,
  /** Two ranks, the first smaller. */
  ranks: z.tuple([count, count]),
  /** Where the suffixes one further stand, when both begin with one symbol; null when they are not needed. */
  next: z.tuple([count, count]).nullable(),
  suffixes: symbolOpenings,
  text: symbolOpenings,
})
export type SuffixOrderClaim = z.infer<typeof suffixOrderSchema>

/**
 * Whether two entries of the suffix array contradict each other or the text (Burkhardt and Kärkkäinen 2003): both name one place; one names
 * none; or the lower one's suffix is the greater, by its first symbol or, with equal ones, by the ranks of the suffixes one further.
 */
export function verifySuffixOrder({ index, ranks: [low, high], next, suffixes, text }: SuffixOrderClaim, header: AttributionHeader): Verdict {
  if (!isIndexOf(index, header)) return notProven('the index is not that of the signed document')
  if (low >= high || high >= index.length) return notProven('name two ranks, the smaller one first')
  const entry = symbolReader(index.suffixesRoot, index.length, suffixes)
  const symbol = symbolReader(index.textRoot, index.length, text)
  const [a, b] = [entry(low), entry(high)]
  if (a === undefined || b === undefined) return notProven('the entries do not open')
  if (a >= index.length || b >= index.length) return proven('an entry lies outside the text')
  if (a === b) return proven(`ranks ${low} and ${high} both name place ${a}`)
  const [x, y] = [symbol(a), symbol(b)]
  if (x === undefined || y === undefined) return notProven('the text does not open')
  if (x !== y) return x > y ? proven(`the suffix of rank ${low} begins with ${x}, that of rank ${high} with ${y}`) : notProven('the two are in order')
  // The empty suffix, past the end, is the smallest.
  if (a + 1 === index.length) return notProven('the two are in order')
  if (b + 1 === index.length) return proven(`the suffix of rank ${high} is the beginning of that of rank ${low}`)
  if (next === null || entry(next[0]) !== a + 1 || entry(next[1]) !== b + 1) return notProven('the suffixes one further are not shown')
  return next[0] > next[1] ? proven(`ranks ${low} and ${high} are in the wrong order: one symbol further their ranks are ${next[0]} and ${next[1]}`) : notProven('the two are in order')
}
