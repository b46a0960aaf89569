import type { DisputeBundle, EpochDispute } from '@openledger/protocol'

/** What became of one check. `skipped` says in its detail why it could not be made here. */
export type CheckOutcome = { name: string; status: 'ok' | 'false' | 'skipped'; detail: string }

/** What forward passes say beside the scores: for each atom 2·(loss at the adapter less half of its response, less the loss at the adapter), in nats per token. */
export type SecondOpinion = {
  atoms: { contributor: string; score: number; halfStep: number }[]
  /** Spearman's rank correlation of the two. */
  rankCorrelation: number
  /** Whether both put the same atom first. */
  sameFirst: boolean
}

/** An accusation that was made from an answer, and what its openings prove to a judge. */
export type ReportedDispute = { proven: boolean; finding: string; bundle: DisputeBundle }

/** The result of an audit: every check that was made, in order; a false claim ends it. */
export type AuditReport = {
  kind: 'receipt' | 'epoch' | 'adapter'
  subject: string
  ok: boolean
  checks: CheckOutcome[]
  /** The first false claim, in one sentence; absent when there is none. */
  falseClaim?: string
  /** Only when it was asked for. */
  secondOpinion?: SecondOpinion
  /** Only when they were asked for. */
  disputes?: ReportedDispute[]
  /** Of an epoch with a fault that a contract can be shown: the accusation. */
  epochDispute?: EpochDispute
}
