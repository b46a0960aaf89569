import type { AuditReport, SecondOpinion } from '@openledger/audit'
import type { Output } from '../output/Output.ts'

/** Shows what forward passes say beside the scores, atom by atom. */
export function showSecondOpinion(output: Output, { atoms, rankCorrelation, sameFirst }: SecondOpinion): void {
  output.line()
  output.heading('second opinion: nats per token that the answer would lose without each contributor')
  output.table(['contributor', 'score', 'half step'], atoms.map((a) => [a.contributor, a.score.toFixed(4), a.halfStep.toFixed(4)]))
  output.line(`  rank correlation ${rankCorrelation.toFixed(2)}; ${sameFirst ? 'both put the same one first' : 'they put different ones first'}`)
}

/** Writes an audit's accusations to a file and says what each of them proves. */
export async function keepDisputes(output: Output, report: AuditReport, file: string): Promise<void> {
  const { writeFile } = await import('node:fs/promises')
  const { writeArtefact } = await import('@openledger/protocol')
  const { writeDisputes } = await import('../verbs/writeDisputes.ts')
  const { disputes = [], epochDispute } = report
  if (report.kind === 'epoch') {
    output.line()
    if (!epochDispute) return output.line('  no fault of the gateway that a contract can be shown while the dispute window is open: nothing is written')
    await writeFile(file, writeArtefact(epochDispute))
    return output.line(`  ${epochDispute.claim.name}: ${epochDispute.finding}; bring it to the chain with: openledger accuse ${file}`)
  }
  await writeFile(file, writeDisputes(report))
  output.line()
  for (const { proven, finding, bundle } of disputes) output.line(`  ${proven ? 'PROVES' : 'proves nothing'}  ${bundle.claim.name}: ${finding} (${writeArtefact(bundle).length} bytes)`)
  output.line(disputes.length === 0 ? `  no fault that openings can show; ${file} is empty` : `  ${disputes.length} with their openings in ${file}`)
}
