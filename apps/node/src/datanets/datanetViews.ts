import { fail, type ConsentTerms, type Hex } from '@openledger/protocol'
import type { ContributionView, DatanetView, Page, RecordStatus, RecordView, SnapshotView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { Names } from '../keys/Names.ts'

type DatanetRow = { id: string; owner: Address; created: string; name: string | null; description: string | null; latest: Hex | null }

const datanetSelect = `
  select d.args->>'datanetId' as id, d.time as created, m.name, m.description,
    coalesce((select t.args->>'to' from chain_events t where t.name = 'Datanets.OwnershipTransferred' and t.args->>'datanetId' = d.args->>'datanetId'
      order by t.block_number desc, t.log_index desc limit 1), d.args->>'owner') as owner,
    (select s.args->>'snapshotId' from chain_events s where s.name = 'Datanets.SnapshotSealed' and s.args->>'datanetId' = d.args->>'datanetId'
      order by s.block_number desc, s.log_index desc limit 1) as latest
  from chain_events d left join datanet_metadata m on m.datanet_id = d.args->>'datanetId'
  where d.name = 'Datanets.DatanetCreated'`

/** Whether a row of `records` (alias r) is revoked or stands in a sealed snapshot. */
const isRevoked = `exists (select 1 from chain_events v where v.name = 'Datanets.RecordRevoked' and v.args->>'datanetId' = r.datanet_id
  and v.args->>'recordId' = r.record_id and v.args->>'contributor' = r.contributor)`
const isSealed = `exists (select 1 from snapshot_records s join chain_events e on e.name = 'Datanets.SnapshotSealed' and e.args->>'snapshotId' = s.snapshot_id
  where s.record_id = r.record_id and s.contributor = r.contributor)`
const recordStatus = `case when ${isRevoked} then 'revoked' when r.status = 'accepted' and ${isSealed} then 'sealed' else r.status end`

async function datanetView(query: Query, names: Names, row: DatanetRow): Promise<DatanetView> {
  const people = await query<{ contributor: Address; records: number; accepted: number }>(
    `select contributor, count(*)::int as records, count(*) filter (where status = 'accepted')::int as accepted from records where datanet_id = $1 group by contributor order by min(seq), contributor`,
    [row.id],
  )
  const counts = await query<{ status: keyof DatanetView['records']; n: number }>(
    `select case when ${isRevoked} then 'revoked' else r.status end as status, count(*)::int as n from records r where r.datanet_id = $1 group by 1`,
    [row.id],
  )
  const records = { accepted: 0, review: 0, rejected: 0, duplicate: 0, revoked: 0 }
  for (const { status, n } of counts) records[status] = n
  const contributors = await Promise.all(people.map(async (p) => ({ address: p.contributor, name: await names.of(p.contributor), records: p.records, accepted: p.accepted })))
  return { id: row.id, owner: row.owner, name: row.name ?? `datanet ${row.id}`, description: row.description ?? '', createdAt: Number(row.created), contributors, records, latestSnapshot: row.latest }
}

/** All datanets, oldest first. */
export async function listDatanets(query: Query, names: Names): Promise<DatanetView[]> {
  const rows = await query<DatanetRow>(`${datanetSelect} order by d.block_number, d.log_index`)
  return Promise.all(rows.map((row) => datanetView(query, names, row)))
}

/** One datanet; fails with UNKNOWN_DATANET. */
export async function readDatanet(query: Query, names: Names, id: string): Promise<DatanetView> {
  const [row] = await query<DatanetRow>(`${datanetSelect} and d.args->>'datanetId' = $1`, [id])
  return row ? datanetView(query, names, row) : fail('UNKNOWN_DATANET', `no datanet ${id.slice(0, 80)} is known here`, { status: 404 })
}

type RecordRow = { record_id: Hex; datanet_id: string; contribution_id: Hex; contributor: Address; prompt: string; completion: string; licence: string; status: RecordStatus; seq: string; position: number }
const recordSelect = `select r.record_id, r.datanet_id, r.contribution_id, r.contributor, r.prompt, r.completion, c.licence, ${recordStatus} as status, r.seq, r.position
  from records r join contributions c on c.id = r.contribution_id`

/** What the newest run that trained on a record found of it, and a curator's word on that. */
async function clusterOf(query: Query, { record_id, contribution_id, contributor }: RecordRow): Promise<Pick<RecordView, 'copyOf' | 'copies' | 'appeal'>> {
  type Row = { run: string | null; copy_of: Hex | null; copied_contribution: Hex | null; method: string; similarity: number; copies: number; at: string | null; by: string; reason: string }
  const [row] = await query<Row>(
    `select u.name as run, k.copy_of, k.copied_contribution, k.method, k.similarity, a.at, a.by, a.reason,
       (select count(*)::int from record_copies c where c.run_id = u.id and c.copy_of = $1 and c.copied_contribution = $2) as copies
     from (select 1) one
     left join (select id, name from runs where status in ('done', 'published') and exists (
       select 1 from snapshot_records s where s.record_id = $1 and s.contributor = $3 and runs.snapshot_ids @> to_jsonb(s.snapshot_id)) order by seq desc limit 1) u on true
     left join record_copies k on k.run_id = u.id and k.record_id = $1 and k.contribution_id = $2
     left join record_appeals a on a.record_id = $1 and a.contribution_id = $2`,
    [record_id, contribution_id, contributor],
  )
  if (!row) return { copyOf: null, copies: 0, appeal: null }
  const copyOf = row.copy_of === null ? null : { recordId: row.copy_of, contributionId: row.copied_contribution!, method: row.method, similarity: row.similarity / 1000, run: row.run! }
  return { copyOf, copies: row.copies, appeal: row.at === null ? null : { at: Number(row.at), by: row.by, reason: row.reason } }
}

/**
 * In the journal's order, since the chain's clock is another one: a sealing stands where its snapshot was prepared, a revocation
 * after all that happened until its block's time.
 */
async function recordView(query: Query, row: RecordRow): Promise<RecordView> {
  const history = await query<{ at: string; by: string; from_status: RecordStatus | null; to_status: RecordStatus; reason: string }>(
    `select at, by, from_status, to_status, reason, seq, id from record_history where record_id = $1 and contribution_id = $2
     union all select e.time, 'owner', 'accepted', 'sealed', 'sealed in snapshot ' || s.snapshot_id, p.seq, 0
       from snapshot_records s join snapshots p on p.id = s.snapshot_id join chain_events e on e.name = 'Datanets.SnapshotSealed' and e.args->>'snapshotId' = s.snapshot_id
       where s.record_id = $1 and s.contributor = $3 and $4 = 'accepted'
     union all select v.time, v.args->>'contributor', 'sealed', 'revoked', 'the contributor withdrew consent',
         greatest((select max(h.seq) from record_history h where h.record_id = $1 and h.contribution_id = $2 and h.at <= v.time),
           (select max(p.seq) from snapshot_records s join snapshots p on p.id = s.snapshot_id where s.record_id = $1 and s.contributor = $3 and p.prepared_at <= v.time)), 9e15
       from chain_events v
       where v.name = 'Datanets.RecordRevoked' and v.args->>'recordId' = $1 and v.args->>'contributor' = $3
     union all select k.at, 'run ' || u.name, $5, $5, 'copy of ' || k.copy_of || ' (' || k.method || ', ' || round(k.similarity / 10.0) || ' %): trained with weight 0', k.seq, 0
       from record_copies k join runs u on u.id = k.run_id where k.record_id = $1 and k.contribution_id = $2
     order by seq, id`,
    [row.record_id, row.contribution_id, row.contributor, row.status === 'duplicate' ? 'duplicate' : 'accepted', row.status],
  )
  return {
    id: row.record_id,
    datanetId: row.datanet_id,
    contributionId: row.contribution_id,
    contributor: row.contributor,
    prompt: row.prompt,
    completion: row.completion,
    licence: row.licence,
    status: row.status,
    ...(await clusterOf(query, row)),
    history: history.map((h) => ({ at: Number(h.at), by: h.by, from: h.from_status, to: h.to_status, reason: h.reason })),
  }
}

/** A page of a datanet's records in the order of arrival. */
export async function listRecords(query: Query, datanetId: string, page: { cursor: string | null; limit: number }): Promise<Page<RecordView>> {
  const [seq, position] = (page.cursor ?? '0.-1').split('.').map(Number)
  if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(position)) fail('BAD_CURSOR', 'this is not a cursor that a list gave', { field: 'cursor' })
  const rows = await query<RecordRow>(`${recordSelect} where r.datanet_id = $1 and (r.seq, r.position) > ($2, $3) order by r.seq, r.position limit $4`, [datanetId, seq!, position!, page.limit + 1])
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  const items: RecordView[] = []
  for (const row of shown) items.push(await recordView(query, row))
  return { items, next: rows.length > page.limit && last ? `${last.seq}.${last.position}` : null }
}

/** A record by its id: the first that came; fails with UNKNOWN_RECORD. */
export async function readRecord(query: Query, id: string): Promise<RecordView> {
  const [row] = await query<RecordRow>(`${recordSelect} where r.record_id = $1 order by r.seq, r.position limit 1`, [id])
  return row ? recordView(query, row) : fail('UNKNOWN_RECORD', `no record ${id.slice(0, 80)} is known here`, { status: 404 })
}

/** A contribution with the verdict on each record; fails with UNKNOWN_CONTRIBUTION. */
export async function readContribution(query: Query, id: string): Promise<ContributionView> {
  const [row] = await query<{ id: Hex; datanet_id: string; contributor: Address; count: number; licence: string; consent: ConsentTerms; committed: string | null; revealed: string | null }>(
    `select c.id, c.datanet_id, c.contributor, c.count, c.licence, c.consent,
       (select e.time from chain_events e where e.name = 'Datanets.ContributionCommitted' and e.args->>'commitment' = c.commitment limit 1) as committed,
       (select e.time from chain_events e where e.name = 'Datanets.ContributionRevealed' and e.args->>'contributionId' = c.id limit 1) as revealed
     from contributions c where c.id = $1`,
    [id],
  )
  if (!row) return fail('UNKNOWN_CONTRIBUTION', 'no such contribution is known here', { status: 404 })
  const verdicts = await query<{ record_id: Hex; status: RecordStatus; reasons: string[]; duplicate_of: Hex | null }>(`select record_id, status, reasons, duplicate_of from records where contribution_id = $1 order by position`, [id])
  const seconds = (text: string | null): number | null => (text === null ? null : Number(text))
  return {
    id: row.id,
    datanetId: row.datanet_id,
    contributor: row.contributor,
    count: row.count,
    licence: row.licence,
    consent: row.consent,
    committedAt: seconds(row.committed),
    revealedAt: seconds(row.revealed),
    verdicts: verdicts.map((v) => ({ recordId: v.record_id, status: v.status, reasons: v.reasons, duplicateOf: v.duplicate_of })),
  }
}

type SnapshotRow = { id: Hex; datanet_id: string; statement: { parent: Hex; root: Hex; recordCount: number; contributorCount: number; contentHash: Hex }; cid: string; time: string | null; transaction: Hex | null }

/** A prepared or sealed snapshot; fails with UNKNOWN_SNAPSHOT. */
export async function readSnapshotView(query: Query, id: string): Promise<SnapshotView> {
  const [row] = await query<SnapshotRow>(
    `select s.id, s.datanet_id, s.statement, s.cid, e.time, e.transaction from snapshots s
     left join chain_events e on e.name = 'Datanets.SnapshotSealed' and e.args->>'snapshotId' = s.id where s.id = $1`,
    [id],
  )
  if (!row) return fail('UNKNOWN_SNAPSHOT', 'no such snapshot is known here', { status: 404 })
  const { parent, root, recordCount, contributorCount, contentHash } = row.statement
  return { id: row.id, datanetId: row.datanet_id, parent, root, recordCount, contributorCount, contentHash, cid: row.cid, sealedAt: row.time === null ? null : Number(row.time), transaction: row.transaction }
}
