import { cidOf, readArtefact, runManifestSchema } from '@openledger/protocol'
import { AuditEngine, type BaseSource } from '../engine/AuditEngine.ts'
import type { AuditReport, CheckOutcome } from '../report/AuditReport.ts'
import { Auditor } from '../report/Auditor.ts'
import { AuditSession } from '../session/AuditSession.ts'
import { checkAdapter, maxLengthOf, type LineageInput } from './checkAdapter.ts'
import { checkClusterEvidence } from './checkClusters.ts'
import { checkRetraining } from './checkRetraining.ts'

export type AdapterAuditInput = Omit<LineageInput, 'engine'> & {
  source: BaseSource
  /** Train again and compare; takes as long as the training did. */
  rerun?: boolean
  /** What this audit has in common with others; default nothing. */
  session?: AuditSession
  onCheck?: (outcome: CheckOutcome) => void
  onProgress?: (step: number, steps: number) => void
}

/** Audits one adapter from its run manifest: who trained it on what, down to each record's signature; with `rerun`, that it came out of that. */
export async function auditAdapter({ source, session: shared, rerun = false, onCheck, onProgress, ...input }: AdapterAuditInput): Promise<AuditReport> {
  const { base, run } = readArtefact(runManifestSchema, input.manifest)
  const auditor = new Auditor('adapter', run.statement.adapterId, onCheck)
  const session = shared ?? new AuditSession()
  try {
    const engine = await session.engine(run.statement.baseId, () => AuditEngine.open(source, base))
    const { manifest, corpus, records } = await session.run(auditor, cidOf(input.manifest), () => checkAdapter(auditor, { ...input, engine }))
    if (rerun) await auditor.check('evidence of clusters', () => checkClusterEvidence(manifest, records, input.content, engine, maxLengthOf(manifest.recipe)))
    if (rerun) await auditor.check('training again', () => checkRetraining(manifest, corpus!, input.content, engine, onProgress))
    return auditor.finish()
  } finally {
    if (shared === undefined) await session.close()
  }
}
