import { openSpanFinder, readInfluenceTable, withRevokedRecords, type InfluenceTable, type SpanFinder } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import type { Hex, RunManifest } from '@openledger/protocol'

type Files = Pick<RunManifest, 'influenceTable' | 'spanIndex'>
type Evidence = { table: InfluenceTable; finder: SpanFinder }

const mostKept = 4

/** The influence tables and span indexes of the adapters that were asked for last. */
export class AnswerEvidence {
  readonly #content: ContentStore
  readonly #kept = new Map<string, Evidence>()

  constructor(content: ContentStore) {
    this.#content = content
  }

  /** What an adapter's answers are attributed by, without the records that are revoked. @throws what the store and the files' readers throw */
  async of(files: Files, revoked: ReadonlySet<Hex>): Promise<Evidence> {
    const key = `${files.influenceTable} ${files.spanIndex}`
    const known = this.#kept.get(key)
    const found = await (known ? withRevoked(known, revoked) : this.#read(files, revoked))
    this.#kept.delete(key)
    this.#kept.set(key, found)
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!)
    return found
  }

  async #read(files: Files, revoked: ReadonlySet<Hex>): Promise<Evidence> {
    const table = readInfluenceTable(await this.#content.get(files.influenceTable))
    return { table, finder: await openSpanFinder(files.spanIndex, this.#content, revoked) }
  }
}

async function withRevoked(evidence: Evidence, revoked: ReadonlySet<Hex>): Promise<Evidence> {
  const { finder } = evidence
  const same = finder.revoked.size === revoked.size && [...revoked].every((id) => finder.revoked.has(id))
  return same ? evidence : { ...evidence, finder: await withRevokedRecords(finder, revoked) }
}
