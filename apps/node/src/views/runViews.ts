import { fail, type Hex } from '@openledger/protocol'
import type { AdapterView, DeploymentView, RunView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { RunProgress } from '../runs/RunJobs.ts'

const maxPoints = 400

/** A curve with at most 400 points: every k-th, and the last. */
export function thin(losses: readonly number[]): number[] {
  const step = Math.ceil(losses.length / maxPoints)
  return step <= 1 ? [...losses] : losses.filter((_, i) => i % step === 0 || i === losses.length - 1)
}

type Metrics = { losses: number[]; lossBase: number; lossFinal: number; steps: number }
type RunRow = { id: string; name: string; trainer: Address; base_id: Hex; snapshot_ids: Hex[]; status: RunView['status']; metrics: Metrics | null; error: string | null; adapter_id: Hex | null; manifest: string | null }

const runSelect = `select id, name, trainer, base_id, snapshot_ids, status, result->'metrics' as metrics, error, adapter_id, manifest from runs`

function runView(row: RunRow, progress: RunProgress | undefined): RunView {
  const { metrics } = row
  return {
    id: row.id,
    name: row.name,
    trainer: row.trainer,
    baseId: row.base_id,
    snapshotIds: row.snapshot_ids,
    status: row.status,
    step: metrics?.steps ?? progress?.step ?? 0,
    steps: metrics?.steps ?? progress?.steps ?? 0,
    tokensPerSecond: progress?.tokensPerSecond ?? 0,
    etaSeconds: progress?.etaSeconds ?? null,
    counterfactuals: progress?.counterfactuals ?? null,
    losses: thin(metrics?.losses ?? progress?.losses ?? []),
    baseLoss: metrics?.lossBase ?? null,
    tunedLoss: metrics?.lossFinal ?? null,
    adapterId: row.adapter_id,
    manifest: row.manifest,
    error: row.error,
  }
}

/** All runs, newest first. @param progress of those that run */
export async function listRuns(query: Query, progress: (id: string) => RunProgress | undefined): Promise<RunView[]> {
  const rows = await query<RunRow>(`${runSelect} order by seq desc`)
  return rows.map((row) => runView(row, progress(row.id)))
}

/** One run; fails with UNKNOWN_RUN. */
export async function readRun(query: Query, id: string, progress: (id: string) => RunProgress | undefined): Promise<RunView> {
  const [row] = await query<RunRow>(`${runSelect} where id = $1`, [id])
  return row ? runView(row, progress(id)) : fail('UNKNOWN_RUN', 'no such run is known here', { status: 404 })
}

/** What the runs of alias r are marked with: records shown to be revoked, and when that freezes their adapters. */
const marks = `lateral (
  select coalesce(sum(m.revoked), 0)::int as revoked, min(nullif(m.freeze, 0)) as freeze from (
    select max((v.args->>'revokedRecords')::int) as revoked, max((v.args->>'freezeAt')::bigint) as freeze
    from chain_events v where v.name = 'Datanets.SnapshotMarked' and r.snapshot_ids @> to_jsonb(v.args->>'snapshotId') group by v.args->>'snapshotId'
  ) m) k on true`

/** The adapters that this node published. */
export async function listAdapters(query: Query): Promise<AdapterView[]> {
  const rows = await query<{ id: Hex; name: string; base_id: Hex; trainer: Address; run_id: string; snapshot_ids: Hex[]; manifest: string; licence: string | null; revoked: number; freeze: string | null; time: string | null; transaction: Hex | null }>(
    `select r.adapter_id as id, r.name, r.base_id, r.trainer, r.id as run_id, r.snapshot_ids, r.manifest, r.result->'run'->>'licence' as licence, k.revoked, k.freeze, e.time, e.transaction from runs r
     left join ${marks}
     left join chain_events e on e.name = 'Models.AdapterRegistered' and e.args->>'adapterId' = r.adapter_id where r.manifest is not null order by r.seq`,
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    baseId: row.base_id,
    trainer: row.trainer,
    runId: row.run_id,
    snapshotIds: row.snapshot_ids,
    manifest: row.manifest,
    licence: row.licence ?? '',
    revokedRecords: row.revoked,
    freezeAt: row.freeze === null ? null : Number(row.freeze),
    registeredAt: row.time === null ? null : Number(row.time),
    transaction: row.transaction,
  }))
}

type Statement = { inputPrice: string; outputPrice: string; nodePpm: number; ownerPpm: number; stakersPpm: number; contributorsPpm: number }

/** The deployments that this node serves. */
export async function listDeployments(query: Query): Promise<DeploymentView[]> {
  const rows = await query<{ id: Hex; model: string; adapter_id: Hex; owner: Address; statement: Statement; transaction: Hex | null; active: string | null; freeze: string | null }>(
    `select d.id, d.model, d.adapter_id, d.owner, d.statement, e.transaction,
       (select a.args->>'active' from chain_events a where a.name = 'Models.ActiveChanged' and a.args->>'deploymentId' = d.id order by a.block_number desc, a.log_index desc limit 1) as active,
       (select k.freeze from runs r left join ${marks} where r.adapter_id = d.adapter_id and r.manifest is not null limit 1) as freeze
     from deployments d left join chain_events e on e.name = 'Models.Deployed' and e.args->>'deploymentId' = d.id order by d.seq`,
  )
  return rows.map(({ statement: s, ...row }) => ({
    id: row.id,
    model: row.model,
    adapterId: row.adapter_id,
    owner: row.owner,
    inputPrice: s.inputPrice,
    outputPrice: s.outputPrice,
    split: { nodePpm: s.nodePpm, ownerPpm: s.ownerPpm, stakersPpm: s.stakersPpm, contributorsPpm: s.contributorsPpm },
    active: row.active !== 'false',
    freezeAt: row.freeze === null ? null : Number(row.freeze),
    transaction: row.transaction,
  }))
}
