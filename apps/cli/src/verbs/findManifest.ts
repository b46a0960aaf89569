import type { ContentStore } from '@openledger/datanet'
import { cidOfDigest, fail, OpenLedgerError, readArtefact, runManifestSchema, type Hex } from '@openledger/protocol'
import { readAdapter } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { kindOfFile } from './auditFile.ts'
import { onlyMatch } from './ReceiptBook.ts'

/** What the node says, or nothing while there is none: the audit goes on without it. */
export async function ifNodeAnswers<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof OpenLedgerError && ['NODE_AWAY', 'NO_NODE', 'BAD_ANSWER'].includes(error.code)) return undefined
    throw error
  }
}

/** Run manifests in a content store, by adapter. Reads every file: for when neither chain nor node says where the manifest lies. */
async function manifestsIn(content: ContentStore): Promise<Map<Hex, Uint8Array>> {
  const found = new Map<Hex, Uint8Array>()
  for (const cid of await content.list()) {
    const bytes = await content.get(cid).catch(() => new Uint8Array())
    if (kindOfFile(bytes) === 'adapter') found.set(readArtefact(runManifestSchema, bytes).run.statement.adapterId, bytes)
  }
  return found
}

/** The manifest that the chain's registration of an adapter names, when it is at hand. */
async function anchoredManifest({ reader }: Session, content: ContentStore, adapterId: Hex): Promise<Uint8Array | undefined> {
  const adapter = await readAdapter(reader, adapterId)
  if (!adapter) return undefined
  try {
    const bytes = await content.get(cidOfDigest(adapter.contentHash))
    return kindOfFile(bytes) === 'adapter' ? bytes : undefined
  } catch (error) {
    if (error instanceof OpenLedgerError && error.code === 'MISSING_CONTENT') return undefined
    throw error
  }
}

/**
 * The run manifest of an adapter, by the adapter's id or its beginning, or by the run's name (which only a node knows).
 * @returns undefined when there is none
 */
export async function findManifest(session: Session, content: ContentStore, idOrName: string): Promise<Uint8Array | undefined> {
  if (/^0x[0-9a-f]{64}$/.test(idOrName)) {
    const anchored = await anchoredManifest(session, content, idOrName as Hex)
    if (anchored) return anchored
  }
  const adapters = (await ifNodeAnswers(() => session.node.adapters())) ?? []
  const isId = idOrName.startsWith('0x')
  const wanted = isId ? onlyMatch(adapters.map(({ id }) => id), idOrName) : adapters.findLast(({ name, runId }) => name === idOrName || runId === idOrName)?.id
  const known = adapters.find(({ id }) => id === wanted)
  if (known) return content.get(known.manifest)
  if (!isId) return undefined
  const local = await manifestsIn(content)
  const id = onlyMatch([...local.keys()], idOrName)
  return id === undefined ? undefined : local.get(id)
}

/** The same; fails with UNKNOWN_ADAPTER. */
export async function needManifest(session: Session, content: ContentStore, idOrName: string): Promise<Uint8Array> {
  const found = await findManifest(session, content, idOrName)
  return found ?? fail('UNKNOWN_ADAPTER', `no manifest of an adapter or run "${idOrName.slice(0, 80)}" is at hand`, { field: 'subject', fix: 'give the path of the run manifest, or the content folder that holds it with --content' })
}
