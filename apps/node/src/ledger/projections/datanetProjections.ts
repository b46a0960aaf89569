import { contributionBundleSchema } from '@openledger/datanet'
import { readArtefact } from '@openledger/protocol'
import type { SingleProjections } from '../Projection.ts'
import { insertMany } from './insertMany.ts'

const recordColumns = ['contribution_id', 'position', 'record_id', 'datanet_id', 'contributor', 'prompt', 'completion', 'status', 'reasons', 'duplicate_of', 'seq']
const historyColumns = ['record_id', 'datanet_id', 'contribution_id', 'at', 'by', 'from_status', 'to_status', 'reason', 'seq']

/** Contributions, records and snapshots in the tables. */
export const datanetProjections: SingleProjections<'metadata' | 'contribution' | 'review' | 'appeal' | 'snapshot'> = {
  async metadata(query, { data }) {
    await query(
      `insert into datanet_metadata values ($1,$2,$3,$4) on conflict (datanet_id) do update set name = $2, description = $3, cid = $4`,
      [data.datanetId, data.name, data.description, data.cid],
    )
  },

  async contribution(query, { seq, time, data }, sources) {
    const bundle = readArtefact(contributionBundleSchema, await sources.content(data.cid))
    const at = Math.floor(time / 1000)
    await query(`insert into contributions values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) on conflict do nothing`, [
      data.id, data.datanetId, data.contributor, data.commitment, data.count, data.licence, data.consent, data.cid, at, seq,
    ])
    await insertMany(query, 'records', recordColumns, data.verdicts.map((verdict, i) => {
      const record = bundle.records[i]!
      return [data.id, i, verdict.recordId, data.datanetId, data.contributor, record.prompt, record.completion, verdict.status, JSON.stringify(verdict.reasons), verdict.duplicateOf, seq]
    }))
    const reason = (reasons: string[]): string => reasons.join('; ')
    await insertMany(query, 'record_history', historyColumns, data.verdicts.flatMap((v) => [
      [v.recordId, data.datanetId, data.id, at, data.contributor, null, 'received', 'contributed', seq],
      [v.recordId, data.datanetId, data.id, at, 'node', 'received', v.status, reason(v.reasons) || 'passed all checks', seq],
    ]))
  },

  async review(query, { seq, time, data }) {
    const [row] = await query<{ status: string }>(`select status from records where contribution_id = $1 and record_id = $2`, [data.contributionId, data.recordId])
    await query(`update records set status = $3 where contribution_id = $1 and record_id = $2`, [data.contributionId, data.recordId, data.status])
    await insertMany(query, 'record_history', historyColumns, [
      [data.recordId, data.datanetId, data.contributionId, Math.floor(time / 1000), data.by, row?.status ?? null, data.status, data.reason, seq],
    ])
  },

  async appeal(query, { seq, time, data }) {
    const { datanetId, contributionId, recordId, distinct, reason, by } = data
    const at = Math.floor(time / 1000)
    await query(`delete from record_appeals where record_id = $1 and contribution_id = $2`, [recordId, contributionId])
    if (distinct) await query(`insert into record_appeals values ($1,$2,$3,$4,$5,$6)`, [recordId, contributionId, datanetId, at, by, reason])
    const [row] = await query<{ status: string }>(`select status from records where contribution_id = $1 and record_id = $2`, [contributionId, recordId])
    // Who is no copy is accepted; what the clusters are asked about again stays what it is.
    const status = distinct && row?.status === 'duplicate' ? 'accepted' : (row?.status ?? 'accepted')
    await query(`update records set status = $3 where contribution_id = $1 and record_id = $2`, [contributionId, recordId, status])
    await insertMany(query, 'record_history', historyColumns, [
      [recordId, datanetId, contributionId, at, by, row?.status ?? null, status, `${distinct ? 'no copy' : 'left to the clusters again'}: ${reason}`, seq],
    ])
  },

  async snapshot(query, { seq, time, data }) {
    await query(`insert into snapshots values ($1,$2,$3,$4,$5,$6) on conflict do nothing`, [data.id, data.datanetId, JSON.stringify(data.statement), data.cid, Math.floor(time / 1000), seq])
    await insertMany(query, 'snapshot_records', ['snapshot_id', 'record_id', 'contributor'], data.records.map((r) => [data.id, r.recordId, r.contributor]))
  },
}
