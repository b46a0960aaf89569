import { z } from 'zod'
import { count } from '../../artefacts/fields.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { answerTokenLeaf, answerTokenSchema, spanLeaf, spanSchema } from '../leaves/attributionLeaves.ts'
import { indexRecordSchema } from '../leaves/indexLeaves.ts'
import { opening, opens } from '../leaves/opening.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'
import { absenceSchema, holdsPosition, indexPart, isAbsent, isIndexOf, opensRecord, symbolOpenings, symbolReader } from './indexReading.ts'

/** "There is a longer match than this span, or one as long in a record that was committed earlier." */
export const betterMatchSchema = z.strictObject({
  name: z.literal('better-match'),
  ...indexPart,
  span: opening(spanSchema),
  /** Where the better match stands in the text, and how many tokens it has. */
  position: count,
  length: count,
  /** The answer's tokens from the span's start on, one after the other; one more than the match has, unless the answer ends with it. */
  tokens: z.array(opening(answerTokenSchema)).min(1).max(4096),
  text: symbolOpenings,
  /** The record that holds the better match, and the span's source record (only for a match of the same length). */
  record: opening(indexRecordSchema),
  source: opening(indexRecordSchema).nullable(),
  /** The better record is not revoked. */
  revoked: absenceSchema,
})
export type BetterMatchClaim = z.infer<typeof betterMatchSchema>

/** Whether a span hides a longer match of whole words, or an earlier commitment of the same words. */
export function verifyBetterMatch(claim: BetterMatchClaim, header: AttributionHeader): Verdict {
  const { index, span, position, length, tokens, text, record, source, revoked } = claim
  if (!isIndexOf(index, header)) return notProven('the index is not that of the signed document')
  if (!opens(header.spansRoot, span, spanLeaf, span.proof.index, header.spanCount)) return notProven('the span does not open')
  const { start } = span.leaf
  const end = start + length
  if (length < span.leaf.length || end > header.answerTokens) return notProven('the match is not better')
  if (tokens.length !== length + (end < header.answerTokens ? 1 : 0)) return notProven('another number of tokens is needed')
  if (!tokens.every((token, i) => opens(header.tokensRoot, token, answerTokenLeaf, start + i, header.answerTokens))) return notProven('a token does not open')
  if (end < header.answerTokens && !tokens[length]!.leaf.startsWord) return notProven('the match ends inside a word')
  const symbolAt = symbolReader(index.textRoot, index.length, text)
  if (!tokens.slice(0, length).every((token, i) => symbolAt(position + i) === token.leaf.token + 1)) return notProven('the words do not stand there')
  if (!opensRecord(index, record) || !holdsPosition(record.leaf, position)) return notProven('the record does not open, or lies elsewhere')
  if (!isAbsent(header.revokedRoot, record.leaf.recordId, revoked)) return notProven('the record may be revoked')
  if (length > span.leaf.length) return proven(`the span at ${start} has ${span.leaf.length} tokens; record ${record.leaf.recordId} holds ${length}`)
  if (source === null || !opensRecord(index, source) || !holdsPosition(source.leaf, span.leaf.source.position)) return notProven("the span's source does not open, or lies elsewhere")
  const isEarlier = record.leaf.commitOrder - source.leaf.commitOrder || record.proof.index - source.proof.index
  return isEarlier < 0 ? proven(`record ${record.leaf.recordId} held the words of the span at ${start} before its source`) : notProven('the source is the earlier record')
}
