import type { ShapingRecordsView } from '@openledger/sdk'
import type { Output } from '../output/Output.ts'
import { oneLine, shortId, whose } from './format.ts'

/** Shows the records that taught the model something like an answer. */
export function showShapingRecords(output: Output, { exact, items }: ShapingRecordsView): void {
  output.line()
  output.heading('records that taught the model something like it')
  output.table(
    ['record', 'contributor', 'likeness', 'prompt', 'completion'],
    items.map((r) => [shortId(r.recordId), whose(r.name, r.contributor), r.cosine.toFixed(2), oneLine(r.prompt, 40), oneLine(r.completion, 60)]),
  )
  output.line(exact ? '  likeness: cosine of the gradients of record and answer; they explain, nothing is paid by them' : '  by fingerprints alone: the node had answers to attribute first; ask again for the gradients themselves')
}
