import { fail, type Hex } from '@openledger/protocol'
import type { Query } from '../database/Database.ts'
import type { Ledger } from '../ledger/Ledger.ts'

export type AppealDecision = {
  recordId: Hex
  contributionId: Hex
  /** True: the record is no copy, whatever is found. False: what was decided before is withdrawn. */
  distinct: boolean
  reason: string
  by: string
}

/**
 * Keeps a curator's decision that a record is no copy of another. Later runs train on it with a weight of its own and publish the decision with
 * their clusters; what is trained stays as it is. It stands in the record's history, with its reason.
 * @throws InputError UNKNOWN_RECORD, REASON_MISSING, NO_CHANGE, REVIEW_FIRST
 */
export async function decideAppeal(parts: { query: Query; ledger: Ledger }, decision: AppealDecision): Promise<void> {
  const { recordId, contributionId, distinct, reason } = decision
  if (reason.trim() === '') fail('REASON_MISSING', 'every decision about a record carries its reason', { field: 'reason', fix: 'say in a sentence why' })
  const [record] = await parts.query<{ datanet_id: string; status: string; appeals: number }>(
    `select datanet_id, status, (select count(*)::int from record_appeals a where a.record_id = r.record_id and a.contribution_id = r.contribution_id) as appeals
     from records r where record_id = $1 and contribution_id = $2`,
    [recordId, contributionId],
  )
  if (!record) fail('UNKNOWN_RECORD', 'this contribution holds no such record', { status: 404, field: 'contributionId', fix: 'name the contribution that gave the record: openledger datanet records <datanet> <record>' })
  if (record.status === 'rejected' || record.status === 'review') {
    fail('REVIEW_FIRST', `the record is ${record.status === 'review' ? 'waiting for a decision' : 'rejected'}, so it is not trained on`, { status: 409, field: 'recordId', fix: 'accept it first: openledger datanet review <datanet> --accept <record>' })
  }
  if (distinct === record.appeals > 0) {
    fail('NO_CHANGE', distinct ? 'the record stands apart already' : 'nobody set this record apart', { status: 409, field: 'distinct', fix: distinct ? 'withdraw that decision first to give another reason' : 'see its history' })
  }
  await parts.ledger.record('appeal', { ...decision, datanetId: record.datanet_id })
}
