import { advanceRecord, type RecordEvent, type RecordStatus } from '@openledger/datanet'
import { fail, type Hex } from '@openledger/protocol'
import type { Query } from '../database/Database.ts'
import type { Ledger } from '../ledger/Ledger.ts'

export type ReviewDecision = { recordId: Hex; contributionId: Hex; status: 'accepted' | 'rejected'; reason: string; by: string }

/**
 * Keeps a curator's decision on a record; sealed versions stay as they are, later ones follow it.
 * @throws InputError UNKNOWN_RECORD; BAD_TRANSITION, NOT_ALLOWED, REASON_MISSING as advanceRecord
 */
export async function decideReview(parts: { query: Query; ledger: Ledger; now: number }, decision: ReviewDecision): Promise<void> {
  const { recordId, contributionId, status, reason, by } = decision
  const [record] = await parts.query<{ datanet_id: string; status: RecordStatus }>(`select datanet_id, status from records where record_id = $1 and contribution_id = $2`, [recordId, contributionId])
  if (!record) fail('UNKNOWN_RECORD', 'this contribution holds no such record', { status: 404 })
  const last: RecordEvent = { recordId, contributionId, from: 'received', to: record.status, at: 0, by: 'node', role: 'checks', reason: 'as recorded' }
  advanceRecord([last], { recordId, contributionId }, { to: status, at: parts.now, by, role: 'curator', reason })
  await parts.ledger.record('review', { ...decision, datanetId: record.datanet_id })
}
