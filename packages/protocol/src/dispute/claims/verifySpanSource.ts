import { z } from 'zod'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { spanLeaf, spanSchema } from '../leaves/attributionLeaves.ts'
import { indexRecordSchema } from '../leaves/indexLeaves.ts'
import { opening, opens } from '../leaves/opening.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'
import { holdsPosition, indexPart, isIndexOf, opensRecord } from './indexReading.ts'

/** "The words stand in another record, or it is somebody else's." */
export const spanSourceSchema = z.strictObject({ name: z.literal('span-source'), ...indexPart, span: opening(spanSchema), record: opening(indexRecordSchema) })
export type SpanSourceClaim = z.infer<typeof spanSourceSchema>

/** Whether a span names another record, contributor, field or offset than those of the place at which its source stands. */
export function verifySpanSource({ index, span, record }: SpanSourceClaim, header: AttributionHeader): Verdict {
  if (!isIndexOf(index, header)) return notProven('the index is not that of the signed document')
  if (!opens(header.spansRoot, span, spanLeaf, span.proof.index, header.spanCount)) return notProven('the span does not open')
  if (!opensRecord(index, record)) return notProven('the record does not open')
  const { source } = span.leaf
  if (!holdsPosition(record.leaf, source.position)) return notProven('the record lies elsewhere')
  const place = source.position - record.leaf.start
  const inPrompt = place < record.leaf.promptLength
  const found = { recordId: record.leaf.recordId, contributor: record.leaf.contributor.toLowerCase(), field: inPrompt ? 'prompt' : 'completion', offset: inPrompt ? place : place - record.leaf.promptLength - 1 }
  const claimed = { ...source, contributor: source.contributor.toLowerCase() }
  const wrong = (['recordId', 'contributor', 'field', 'offset'] as const).find((key) => claimed[key] !== found[key])
  return wrong ? proven(`the ${wrong} of the source is ${found[wrong]}, the span says ${claimed[wrong]}`) : notProven('the source is the record that the span names')
}
