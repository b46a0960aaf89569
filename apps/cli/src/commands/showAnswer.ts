import { formatOpen } from '@openledger/protocol'
import type { AnswerView } from '@openledger/sdk'
import type { Output } from '../output/Output.ts'
import { oneLine, percent, shortId, whose } from './format.ts'

const correlation = (ppm: number): string => (ppm / 1_000_000).toFixed(3)

function showAttribution(output: Output, { attribution }: AnswerView): void {
  const { status, deadline, method, lds, error } = attribution
  const measured = lds === undefined ? '' : ` (rank correlation with real retraining on the public bank: ${correlation(lds.heldOutPpm)} held out, ${correlation(lds.generatedPpm)} generated)`
  if (status === 'pending') output.field('attribution', `pending, until ${new Date((deadline ?? 0) * 1000).toISOString()}; what is paid without it:`)
  if (status === 'complete') output.field('attribution', `complete${method === null ? '' : `, by ${method}`}${measured}`)
  if (status === 'failed') output.field('attribution', `failed: ${error ?? 'not there by its deadline'}; the node lost its part`)
}

/** Shows what stands behind an answer: price, sources, influence, payments, receipt. */
export function showAnswer(output: Output, view: AnswerView): void {
  output.field('receipt', view.receiptId)
  output.field('model', view.model)
  output.field('price', `${formatOpen(BigInt(view.fee))} OPEN for ${view.inputTokens} + ${view.outputTokens} tokens`)
  showAttribution(output, view)
  if (view.sources.length > 0) output.line('  sources')
  for (const s of view.sources) {
    const copies = s.copies > 1 ? `, ${s.copies} copies` : ''
    output.line(`    "${oneLine(s.text, 70)}"  ${whose(s.contributorName, s.contributor)}, record ${shortId(s.recordId)}${copies}`)
  }
  const shaped = view.influence.filter((i) => i.sharePpm > 0)
  if (shaped.length > 0) output.line('  shaped by')
  for (const i of shaped) output.line(`    ${whose(i.name, i.contributor)}  ${percent(i.sharePpm)}`)
  output.line('  paid to')
  const names = new Map(view.influence.map((i) => [i.contributor.toLowerCase(), i.name]))
  for (const s of view.shares) output.line(`    ${formatOpen(BigInt(s.amount))} OPEN  ${s.role}  ${names.get(s.payee.toLowerCase()) ?? s.payee}`)
}
