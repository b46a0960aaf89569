import { clusterFileSchema } from '@openledger/attribution'
import { readArtefact } from '@openledger/protocol'
import type { SingleProjections } from '../Projection.ts'
import { insertMany } from './insertMany.ts'

const copyColumns = ['run_id', 'record_id', 'contribution_id', 'copy_of', 'copied_contribution', 'method', 'similarity', 'at', 'seq']

/** Runs, adapters and deployments in the tables. */
export const modelProjections: SingleProjections<'run' | 'runState' | 'publication' | 'deployment'> = {
  async run(query, { seq, time, data }) {
    await query(
      `insert into runs (id, name, trainer, base_id, snapshot_ids, request, status, created_at, seq) values ($1,$2,$3,$4,$5,$6,'queued',$7,$8) on conflict do nothing`,
      [data.id, data.name, data.trainer, data.baseId, JSON.stringify(data.snapshotIds), JSON.stringify(data.request), Math.floor(time / 1000), seq],
    )
  },

  async runState(query, { seq, time, data }, sources) {
    await query(`update runs set status = $2, result = coalesce($3, result), error = $4, adapter_id = coalesce($5, adapter_id) where id = $1`, [
      data.id, data.status, data.result === undefined ? null : JSON.stringify(data.result), data.error ?? null, data.adapterId ?? null,
    ])
    const clusters = (data.result as { clusters?: string } | undefined)?.clusters
    if (clusters === undefined) return
    const { copies } = readArtefact(clusterFileSchema, await sources.content(clusters))
    await query(`delete from record_copies where run_id = $1`, [data.id])
    const at = Math.floor(time / 1000)
    await insertMany(query, 'record_copies', copyColumns, copies.map((c) => [data.id, c.recordId, c.contributionId, c.centre.recordId, c.centre.contributionId, c.method, c.similarity, at, seq]))
  },

  async publication(query, { data }) {
    await query(`update runs set status = 'published', adapter_id = $2, manifest = $3 where id = $1`, [data.id, data.adapterId, data.manifest])
  },

  async deployment(query, { seq, time, data }) {
    await query(`insert into deployments values ($1,$2,$3,$4,$5,$6,$7,$8) on conflict do nothing`, [
      data.id, data.model, data.adapterId, data.owner, JSON.stringify(data.statement), data.signature, Math.floor(time / 1000), seq,
    ])
  },
}
