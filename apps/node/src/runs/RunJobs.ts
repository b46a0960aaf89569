import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { ContentStore } from '@openledger/datanet'
import { fail, type Hex, type Json } from '@openledger/protocol'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import type { EngineSettings } from '../engine/Engine.ts'
import type { EventFeed } from '../events/EventFeed.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { NodeMetrics } from '../metrics/NodeMetrics.ts'
import { adapterLicence, checkRunName, type RunRequest } from './RunRequest.ts'
import { clearRunFolder, trainRun, type RunStep } from './trainRun.ts'

export type RunJobsParts = {
  query: Query
  ledger: Ledger
  content: ContentStore
  chain: ChainAccess
  settings: EngineSettings
  baseId: Hex
  /** The folder of checkpoints. */
  work: string
  events: EventFeed
  metrics: NodeMetrics
  log: Log
  now: () => number
}

/** How far a run is, while it runs. */
export type RunProgress = { step: number; steps: number; tokensPerSecond: number; etaSeconds: number; losses: number[]; counterfactuals: { done: number; total: number } | null }

const eventEveryMs = 1000

/** Training runs, one after the other. A run that was cut off by a crash goes on from its last checkpoint. */
export class RunJobs {
  readonly #parts: RunJobsParts
  readonly #progress = new Map<string, RunProgress>()
  #current: { id: string; stop: AbortController } | undefined
  #loop: Promise<void> | undefined
  #closing = false

  constructor(parts: RunJobsParts) {
    this.#parts = parts
  }

  /** Goes on with what is queued. */
  start(): void {
    this.#loop ??= this.#drain().finally(() => (this.#loop = undefined))
  }

  /** What is known of a run in progress. */
  progress(id: string): RunProgress | undefined {
    return this.#progress.get(id)
  }

  /**
   * Queues a run.
   * @returns its id
   * @throws InputError OTHER_BASE, UNKNOWN_SNAPSHOT, NOT_SEALED, TRAINING_NOT_ALLOWED, LICENCE_NOT_ALLOWED, BAD_NAME, NAME_TAKEN
   */
  async submit(request: RunRequest): Promise<string> {
    const { baseId, chain, query, ledger } = this.#parts
    checkRunName(request.name)
    if (request.baseId !== baseId) fail('OTHER_BASE', `this node trains on base ${baseId}`, { field: 'baseId', fix: 'name that base, or a node that serves the other' })
    for (const id of request.snapshotIds) await this.#checkSnapshot(chain, query, id, request)
    const [taken] = await query(`select id from runs where name = $1 and status <> 'failed' and status <> 'stopped'`, [request.name])
    if (taken) fail('NAME_TAKEN', `another run is called ${request.name}`, { status: 409, field: 'name', fix: 'choose another name' })
    const id = randomUUID()
    const { name, trainer, snapshotIds } = request
    await ledger.record('run', { id, name, trainer, baseId, snapshotIds, request: request as unknown as Json })
    this.start()
    return id
  }

  /** Stops a run that is queued or running; it can be queued again. @throws InputError UNKNOWN_RUN, RUN_ENDED */
  async stop(id: string): Promise<void> {
    const [row] = await this.#parts.query<{ status: string }>(`select status from runs where id = $1`, [id])
    if (!row) fail('UNKNOWN_RUN', 'no such run is known here', { status: 404 })
    if (this.#current?.id === id) return this.#current.stop.abort()
    if (row.status !== 'queued' && row.status !== 'running') fail('RUN_ENDED', `the run is ${row.status}`, { status: 409 })
    await this.#parts.ledger.record('runState', { id, status: 'stopped' })
  }

  /** Pauses the run in progress and waits; it goes on when the node starts again. */
  async close(): Promise<void> {
    this.#closing = true
    this.#current?.stop.abort()
    await this.#loop
  }

  async #checkSnapshot(chain: ChainAccess, query: Query, id: Hex, { trainer, licence = adapterLicence }: RunRequest): Promise<void> {
    const [known] = await query<{ datanet_id: string }>(`select datanet_id from snapshots where id = $1`, [id])
    if (!known) return fail('UNKNOWN_SNAPSHOT', `the file of snapshot ${id} is not here`, { status: 404, field: 'snapshotIds' })
    if (!(await chain.isLicenceAllowed(BigInt(known.datanet_id), licence))) {
      fail('LICENCE_NOT_ALLOWED', `the terms of datanet ${known.datanet_id} do not let an adapter be passed on under ${licence}`, { status: 403, field: 'licence', fix: 'name a licence that the terms of every datanet allow' })
    }
    if (await chain.isTrainingAllowed(id, trainer)) return
    fail('TRAINING_NOT_ALLOWED', `the chain does not allow ${trainer} to train on snapshot ${id}`, { status: 403, field: 'trainer', fix: 'seal the snapshot on the chain, have the owner of the datanet allow this builder, and take a snapshot without revoked records' })
  }

  async #drain(): Promise<void> {
    while (!this.#closing) {
      const [row] = await this.#parts.query<{ id: string; request: RunRequest }>(`select id, request from runs where status in ('queued', 'running') order by seq limit 1`)
      if (!row) return
      // A run whose end could not be recorded would begin again at once: wait for the next start instead.
      if (!(await this.#run(row.id, row.request))) return
    }
  }

  /** @returns whether how the run ended is recorded */
  async #run(id: string, request: RunRequest): Promise<boolean> {
    const { ledger, query, content, settings, work, metrics, log } = this.#parts
    const stop = new AbortController()
    this.#current = { id, stop }
    const folder = path.join(work, id)
    try {
      await ledger.record('runState', { id, status: 'running' })
      const { adapterId, ...result } = await trainRun({ request, query, content, settings, folder, onProgress: (p) => this.#advance(id, request.name, p), signal: stop.signal })
      await ledger.record('runState', { id, status: 'done', result: result as unknown as Json, adapterId })
      await clearRunFolder(folder)
      return true
    } catch (error) {
      // A node that is stopping leaves the run as it is, so that the next start goes on with it.
      if (this.#closing) return false
      const status = stop.signal.aborted ? 'stopped' : 'failed'
      if (status === 'failed') metrics.failed('training')
      log.warn('run.ended', { id, status, ...errorFields(error) })
      const reason = error instanceof Error ? error.message : String(error)
      return await ledger.record('runState', { id, status, error: reason }).then(
        () => true,
        (failure: unknown) => (log.error('run.unrecorded', { id, ...errorFields(failure) }), false),
      )
    } finally {
      this.#current = undefined
      this.#progress.delete(id)
    }
  }

  #lastEvent = 0
  #advance(id: string, name: string, { step, steps, loss, tokensPerSecond, etaSeconds, counterfactuals }: RunStep): void {
    const before = this.#progress.get(id)
    const losses = before?.losses ?? []
    const isTraining = before === undefined || before.step < step
    if (isTraining) losses.push(loss)
    this.#progress.set(id, { step, steps, tokensPerSecond, etaSeconds, losses, counterfactuals: counterfactuals ?? null })
    const { events, now } = this.#parts
    if (now() - this.#lastEvent < eventEveryMs && (step < steps || !isTraining)) return
    this.#lastEvent = now()
    const text = isTraining || !counterfactuals ? `step ${step} of ${steps}, loss ${loss.toFixed(3)}` : `counterfactuals ${counterfactuals.done} of ${counterfactuals.total}`
    events.publish({ at: Math.floor(now() / 1000), kind: 'runProgress', id, text: `${name}: ${text}` })
  }
}
