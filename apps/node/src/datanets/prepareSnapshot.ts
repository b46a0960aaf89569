import { sealSnapshot, type AcceptedRecord, type ContentStore } from '@openledger/datanet'
import { fail, snapshotId, toJson, type Hex, type Json, type Snapshot } from '@openledger/protocol'
import type { Address } from 'viem'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import type { Query } from '../database/Database.ts'
import type { Ledger } from '../ledger/Ledger.ts'

export type SnapshotParts = { chain: ChainAccess; query: Query; ledger: Ledger; content: ContentStore }

type Row = { record_id: Hex; contributor: Address; contribution_id: Hex; licence: string; prompt: string; completion: string; position: number; commit_order: string }

/** Records that may go into a snapshot: accepted or a copy (which weighs nothing), revealed on the chain, with consent to training, not revoked. */
const eligible = `
  select r.record_id, r.contributor, r.contribution_id, c.licence, r.prompt, r.completion, r.position, e.args->>'order' as commit_order
  from records r
  join contributions c on c.id = r.contribution_id
  join chain_events e on e.name = 'Datanets.ContributionRevealed' and e.args->>'contributionId' = c.id
  where r.datanet_id = $1 and r.status in ('accepted', 'duplicate') and (c.consent & 3) > 0
    and not exists (
      select 1 from chain_events v where v.name = 'Datanets.RecordRevoked' and v.args->>'datanetId' = r.datanet_id
        and v.args->>'recordId' = r.record_id and v.args->>'contributor' = r.contributor)`

/** A snapshot that waits for its owner's signature. */
export type PreparedSnapshot = { id: Hex; snapshot: Snapshot; cid: string }

/**
 * Puts the next version of a datanet together from what is revealed on the chain, and keeps its file. Asked twice without a change in
 * between, it gives the same snapshot.
 * @throws InputError UNKNOWN_DATANET, NO_RECORDS
 */
export async function prepareSnapshot({ chain, query, ledger, content }: SnapshotParts, datanetId: bigint): Promise<PreparedSnapshot> {
  const datanet = await chain.datanet(datanetId)
  if (!datanet) fail('UNKNOWN_DATANET', `the chain knows no datanet ${datanetId}`, { status: 404 })
  const rows = await query<Row>(eligible, [datanetId.toString()])
  if (rows.length === 0) fail('NO_RECORDS', 'no record of this datanet is accepted and revealed on the chain', { status: 409, fix: 'contribute records and reveal them, then seal' })
  const records: AcceptedRecord[] = rows.map((row) => ({
    recordId: row.record_id,
    contributor: row.contributor,
    contributionId: row.contribution_id,
    licence: row.licence,
    prompt: row.prompt,
    completion: row.completion,
    committedAt: BigInt(row.commit_order),
    index: row.position,
  }))
  const sealed = sealSnapshot({ datanetId, parent: datanet.latestSnapshot, records })
  const id = snapshotId(sealed.snapshot)
  const [known] = await query(`select id from snapshots where id = $1`, [id])
  if (!known) {
    const cid = await content.put(sealed.file)
    const leaves = sealed.leaves.map(({ recordId, contributor }) => ({ recordId, contributor }))
    await ledger.record('snapshot', { id, datanetId: datanetId.toString(), statement: toJson(sealed.snapshot) as Json, cid, records: leaves })
  }
  return { id, snapshot: sealed.snapshot, cid: sealed.cid }
}
