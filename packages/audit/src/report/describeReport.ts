import type { AuditReport } from './AuditReport.ts'

const marks = { ok: 'ok   ', false: 'FALSE', skipped: 'skip ' } as const

/** The report as text for people: one line a check, and the verdict last. */
export function describeReport(report: AuditReport): string {
  const lines = report.checks.map((c) => `  ${marks[c.status]}  ${c.name.padEnd(26)} ${c.detail}`)
  const count = report.checks.filter((c) => c.status === 'ok').length
  const verdict = report.ok ? `audit: OK (${count} checks held)` : `audit: FALSE: ${report.falseClaim ?? 'unknown'}`
  return [`${report.kind} ${report.subject}`, ...lines, verdict].join('\n')
}
