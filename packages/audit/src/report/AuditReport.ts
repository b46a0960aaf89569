/** What became of one check. `skipped` says in its detail why it could not be made here. */
export type CheckOutcome = { name: string; status: 'ok' | 'false' | 'skipped'; detail: string }

/** The result of an audit: every check that was made, in order; a false claim ends it. */
export type AuditReport = {
  kind: 'receipt' | 'epoch' | 'adapter'
  subject: string
  ok: boolean
  checks: CheckOutcome[]
  /** The first false claim, in one sentence; absent when there is none. */
  falseClaim?: string
}
