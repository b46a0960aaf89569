import { z } from 'zod'
import { count } from '../../artefacts/fields.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { answerTokenLeaf, answerTokenSchema, spanLeaf, spanSchema } from '../leaves/attributionLeaves.ts'
import { opening, opens } from '../leaves/opening.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'
import { indexPart, isIndexOf, symbolOpenings, symbolReader } from './indexReading.ts'

/** "These words do not stand where the span says." */
export const spanWordsSchema = z.strictObject({
  name: z.literal('span-words'),
  ...indexPart,
  span: opening(spanSchema),
  /** Which token of the span differs. */
  at: count,
  token: opening(answerTokenSchema),
  text: symbolOpenings,
})
export type SpanWordsClaim = z.infer<typeof spanWordsSchema>

/** Whether a token of a span is another than the one that stands at the span's source. */
export function verifySpanWords({ index, span, at, token, text }: SpanWordsClaim, header: AttributionHeader): Verdict {
  if (!isIndexOf(index, header)) return notProven('the index is not that of the signed document')
  if (!opens(header.spansRoot, span, spanLeaf, span.proof.index, header.spanCount)) return notProven('the span does not open')
  const { start, length, source } = span.leaf
  if (length === 0 || start + length > header.answerTokens) return proven('the span runs past the answer')
  if (source.position + length > index.length) return proven('the span runs past the records')
  if (at >= length) return notProven('the span has no such token')
  if (!opens(header.tokensRoot, token, answerTokenLeaf, start + at, header.answerTokens)) return notProven('the token does not open')
  const symbol = symbolReader(index.textRoot, index.length, text)(source.position + at)
  if (symbol === undefined) return notProven('the text does not open')
  return symbol === token.leaf.token + 1 ? notProven('the token stands there') : proven(`token ${start + at} of the answer is ${token.leaf.token}; at the source stands ${symbol === 0 ? 'the end of a field' : symbol - 1}`)
}
