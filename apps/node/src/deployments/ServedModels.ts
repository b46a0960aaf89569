import type { ContentStore } from '@openledger/datanet'
import { deploymentSchema, fail, readArtefact, type Deployment, type Hex, type RunManifest } from '@openledger/protocol'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { readManifest } from './AdapterFiles.ts'

/** A model that answers: a deployment with everything that its receipts name. */
export type ServedModel = {
  name: string
  deploymentId: Hex
  deployment: Deployment
  signature: Hex
  registeredAt: number
  /** Null for the bare base. */
  adapterId: Hex | null
  manifest: { cid: string; value: RunManifest } | null
}

export type ServedModelParts = { query: Query; content: ContentStore; chain: ChainAccess; baseId: Hex; log: Log; /** Milliseconds. */ now: () => number }

type Row = { id: Hex; model: string; adapter_id: Hex; statement: object; signature: Hex; registered_at: string }
const select = `select id, model, adapter_id, statement, signature, registered_at from deployments`
const stateMs = 2000

/** `freezeAt`: from when on its answers may not be sold, Unix seconds; 0 for never. */
type OnChain = { active: boolean; freezeAt: number }

/** The deployments of this gateway, by name. */
export class ServedModels {
  readonly #parts: ServedModelParts
  readonly #ready = new Map<Hex, Promise<ServedModel>>()
  /** By name; a deployment that is recorded stays as it is, and its name stays its own. */
  readonly #rows = new Map<string, Row>()
  readonly #states = new Map<Hex, { at: number; state: OnChain }>()

  constructor(parts: ServedModelParts) {
    this.#parts = parts
  }

  /** Names, deployments and registration times (Unix seconds), oldest first. */
  async list(): Promise<{ name: string; deploymentId: Hex; registeredAt: number }[]> {
    const rows = await this.#parts.query<Row>(`select id, model, registered_at from deployments order by seq`)
    return rows.map((row) => ({ name: row.model, deploymentId: row.id, registeredAt: Number(row.registered_at) }))
  }

  /**
   * The model of this name.
   * @throws InputError MODEL_NOT_FOUND (404), DEPLOYMENT_INACTIVE, ADAPTER_FROZEN (451)
   */
  async find(name: string): Promise<ServedModel> {
    const row = await this.#rowOf(name)
    if (!row) return fail('MODEL_NOT_FOUND', `no model "${name.slice(0, 100)}" is served here`, { status: 404, field: 'model', fix: 'take a name from GET /v1/models' })
    const { active, freezeAt } = await this.#onChain(row)
    if (!active) fail('DEPLOYMENT_INACTIVE', `the owner of "${row.model}" has switched it off`, { status: 404, field: 'model', fix: 'take another model from GET /v1/models' })
    if (freezeAt !== 0 && this.#parts.now() >= freezeAt * 1000) {
      fail('ADAPTER_FROZEN', `"${row.model}" was trained on records whose contributors have withdrawn their consent`, {
        status: 451,
        field: 'model',
        fix: 'take another model from GET /v1/models; its owner can train again without these records and deploy that adapter',
      })
    }
    return this.#loaded(row)
  }

  /** The model of a deployment, whether its owner has switched it off since or not. @throws UnavailableError UNKNOWN_DEPLOYMENT */
  async byDeployment(id: Hex): Promise<ServedModel> {
    const [row] = await this.#parts.query<Row>(`${select} where id = $1`, [id])
    return row ? this.#loaded(row) : fail('UNKNOWN_DEPLOYMENT', `deployment ${id} is not known here`, { status: 404 })
  }

  async #rowOf(name: string): Promise<Row | undefined> {
    const known = this.#rows.get(name)
    if (known) return known
    const [row] = await this.#parts.query<Row>(`${select} where model = $1`, [name])
    if (row) this.#rows.set(name, row)
    return row
  }

  #loaded(row: Row): Promise<ServedModel> {
    let ready = this.#ready.get(row.id)
    if (!ready) {
      ready = this.#load(row)
      this.#ready.set(row.id, ready)
      ready.catch(() => this.#ready.delete(row.id))
    }
    return ready
  }

  async #onChain({ id, adapter_id: adapterId }: Row): Promise<OnChain> {
    const known = this.#states.get(id)
    if (known && performance.now() - known.at < stateMs) return known.state
    const { chain } = this.#parts
    try {
      const [deployment, freezeAt] = await Promise.all([chain.deployment(id), chain.freezeAt(adapterId)])
      const state = { active: deployment?.active === true, freezeAt }
      this.#states.set(id, { at: performance.now(), state })
      return state
    } catch (error) {
      // With the chain away, what was last known holds.
      if (!known) throw error
      this.#parts.log.warn('deployment.unchecked', errorFields(error))
      return known.state
    }
  }

  async #load(row: Row): Promise<ServedModel> {
    const { query, content, baseId } = this.#parts
    const deployment = readArtefact(deploymentSchema, row.statement)
    const base = { name: row.model, deploymentId: row.id, deployment, signature: row.signature, registeredAt: Number(row.registered_at) }
    if (row.adapter_id === baseId) return { ...base, adapterId: null, manifest: null }
    const [run] = await query<{ manifest: string }>(`select manifest from runs where adapter_id = $1 and manifest is not null limit 1`, [row.adapter_id])
    if (!run) return fail('ADAPTER_MISSING', `the files of adapter ${row.adapter_id} are not here`, { status: 503, action: 'retry', fix: 'publish the run of this adapter to this node' })
    return { ...base, adapterId: row.adapter_id, manifest: { cid: run.manifest, value: await readManifest(content, run.manifest) } }
  }

  /** The records of a run that were revoked by a time (Unix seconds). */
  async revokedOf(manifest: RunManifest, time: number): Promise<Set<Hex>> {
    const ids = manifest.snapshots.map((s) => s.snapshotId)
    const rows = await this.#parts.query<{ id: Hex }>(
      `select distinct s.record_id as id from snapshot_records s join chain_events v on v.name = 'Datanets.RecordRevoked' and v.args->>'recordId' = s.record_id and v.args->>'contributor' = s.contributor
       where v.time <= $1 and s.snapshot_id in (${ids.map((_, i) => `$${i + 2}`).join(',')})`,
      [time, ...ids],
    )
    return new Set(rows.map((row) => row.id))
  }
}
