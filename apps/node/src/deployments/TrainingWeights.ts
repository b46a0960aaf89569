import type { AtomMember } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import type { Hex } from '@openledger/protocol'
import { readManifest } from './AdapterFiles.ts'
import { readWeights } from './readWeights.ts'

/** What receipts need to know of the run that made an adapter. */
export type RunFacts = {
  adapterId: Hex
  snapshotIds: readonly Hex[]
  /** Each contributor's training weight, sorted by address. */
  weights: readonly AtomMember[]
}

/** The contributors of adapters with their training weights, by content id of the run's manifest; read once each. */
export class TrainingWeights {
  readonly #content: ContentStore
  readonly #known = new Map<string, Promise<RunFacts>>()

  constructor(content: ContentStore) {
    this.#content = content
  }

  /** @throws what the content store and the files' readers throw */
  of(manifest: string): Promise<RunFacts> {
    let known = this.#known.get(manifest)
    if (!known) {
      known = this.#read(manifest)
      this.#known.set(manifest, known)
      known.catch(() => this.#known.delete(manifest))
    }
    return known
  }

  async #read(cid: string): Promise<RunFacts> {
    const manifest = await readManifest(this.#content, cid)
    const { adapterId, snapshotIds } = manifest.run.statement
    return { adapterId, snapshotIds, weights: await readWeights(this.#content, manifest) }
  }
}
