import type { ContentStore } from '@openledger/datanet'
import { digestOfCid, fail, OpenLedgerError, type Hex, type RunManifest } from '@openledger/protocol'
import { layOutAdapter, readManifest } from '../deployments/AdapterFiles.ts'
import { TrainingWeights, type RunFacts } from '../deployments/TrainingWeights.ts'
import type { LoadedEngine } from '../engine/Engine.ts'

export type HeldAdapterParts = {
  content: ContentStore
  serving: LoadedEngine
  /** The folder in which adapters lie. */
  models: string
  /** SHA-256 of the manifest that an adapter is registered with; absent where whoever gives orders is believed about it. */
  registered?: (adapterId: Hex) => Promise<Hex | undefined>
}

/** Says why no adapter can be served where nothing says whose data shaped an answer. */
export function noGradients(): never {
  return fail('NO_GRADIENTS', 'answers of adapters pay those whose data shaped them, and this node has no engine that can say whose it was', {
    status: 503,
    action: 'stop',
    fix: 'start the node with an engine of its own on the same base file beside the upstream server',
  })
}

/** The adapters that this node has on its disk, ready for its engines: each is fetched by its content ids when it is first asked for. */
export class HeldAdapters {
  readonly #parts: HeldAdapterParts
  readonly #ready = new Map<Hex, Promise<RunManifest>>()
  readonly #held = new Set<Hex>()
  readonly #weights: TrainingWeights

  constructor(parts: HeldAdapterParts) {
    this.#parts = parts
    this.#weights = new TrainingWeights(parts.content)
  }

  /** Those that an engine can be asked for now. */
  get ids(): Hex[] {
    return [...this.#held]
  }

  holds(adapterId: Hex): boolean {
    return this.#held.has(adapterId)
  }

  /**
   * Sees to it that the engines know an adapter.
   * @param manifest content id of the manifest of the run that made it
   * @throws InputError NO_GRADIENTS, WRONG_MANIFEST; OpenLedgerError WRONG_ADAPTER; what the content store and the engine throw
   */
  ready(adapterId: Hex, manifest: string): Promise<RunManifest> {
    let ready = this.#ready.get(adapterId)
    if (!ready) {
      ready = this.#load(adapterId, manifest)
      this.#ready.set(adapterId, ready)
      ready.catch(() => this.#ready.delete(adapterId))
    }
    return ready
  }

  /** The contributors of an adapter, with their training weights. @param manifest content id of the manifest of its run */
  facts(manifest: string): Promise<RunFacts> {
    return this.#weights.of(manifest)
  }

  async #load(adapterId: Hex, cid: string): Promise<RunManifest> {
    const { content, serving, models, registered } = this.#parts
    const { gradients } = serving
    if (!gradients) return noGradients()
    if (registered && (await registered(adapterId)) !== digestOfCid(cid)) fail('WRONG_MANIFEST', `adapter ${adapterId} is not registered with the manifest ${cid}`, { field: 'manifest', action: 'stop' })
    const manifest = await readManifest(content, cid)
    if (manifest.run.statement.adapterId !== adapterId) fail('WRONG_MANIFEST', `the manifest ${cid} is that of adapter ${manifest.run.statement.adapterId}, not of ${adapterId}`, { field: 'manifest' })
    // Its first answer would wait for it.
    void this.facts(cid).catch(() => undefined)
    const folder = await layOutAdapter(content, models, adapterId, manifest.adapter)
    const loaded = await serving.engine.registerAdapter(folder)
    gradients.place(adapterId, folder)
    if (loaded !== adapterId) throw new OpenLedgerError('WRONG_ADAPTER', `the files of adapter ${adapterId} are those of ${loaded}`, { action: 'stop', fix: 'remove its folder under models/ and start again' })
    this.#held.add(adapterId)
    return manifest
  }
}
