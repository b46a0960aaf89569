import type { AuditReport } from '@openledger/audit'
import type { Session } from '../context/Session.ts'
import { audit } from '../verbs/audit.ts'
import { samplePlan } from './samplePlan.ts'
import type { FirstRunState } from './FirstRunState.ts'
import type { StageReport } from './StageReport.ts'

/** Audits all that the first run made: the adapter, the epoch and every answer. @returns the verdict in one line */
export async function auditLoop(session: Session, state: FirstRunState, report: StageReport): Promise<string> {
  return report.stage('audit', async (note) => {
    const epochs = await session.node.epochs()
    const subjects = [samplePlan.model, ...epochs.map((e) => `epoch ${e.index}`), ...state.progress.receipts]
    let held = 0
    const { AuditSession } = await import('@openledger/audit')
    const shared = new AuditSession()
    try {
      for (const subject of subjects) {
        const found: AuditReport = await audit(session, { subject, shared })
        held += found.checks.filter((c) => c.status === 'ok').length
        note(`${found.kind} ${found.subject.slice(0, 18)}: ${found.ok ? `${found.checks.length} checks` : (found.falseClaim ?? 'false')}`)
        if (!found.ok) return `audit: FALSE: ${found.falseClaim ?? found.subject}`
      }
    } finally {
      await shared.close()
    }
    return held > 0 ? 'audit: OK' : 'audit: FALSE: nothing was checked'
  })
}
