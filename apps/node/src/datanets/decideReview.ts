import { fail, type Hex } from '@openledger/protocol'
import type { Query } from '../database/Database.ts'
import type { Ledger } from '../ledger/Ledger.ts'

export type ReviewDecision = { recordId: Hex; contributionId: Hex; status: 'accepted' | 'rejected'; reason: string; by: string }

/**
 * Keeps a curator's decision on a record that is not sealed yet.
 * @throws InputError UNKNOWN_RECORD
 */
export async function decideReview(parts: { query: Query; ledger: Ledger }, decision: ReviewDecision): Promise<void> {
  const { recordId, contributionId } = decision
  const [record] = await parts.query<{ datanet_id: string }>(`select datanet_id from records where record_id = $1 and contribution_id = $2`, [recordId, contributionId])
  if (!record) fail('UNKNOWN_RECORD', 'this contribution holds no such record', { status: 404 })
  await parts.ledger.record('review', { ...decision, datanetId: record.datanet_id })
}
