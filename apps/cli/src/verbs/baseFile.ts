import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ContentStore } from '@openledger/datanet'
import { hashFile, type ModelStore } from '@openledger/engine'
import { cidOfDigest, OpenLedgerError, UnavailableError, type Hex } from '@openledger/protocol'
import { readBase, type LedgerReader } from '@openledger/sdk'

/** A weight file for one audit; `release` removes what was made for it. */
export type BaseFile = { path: string; release(): Promise<void> }

const kept = (file: string): BaseFile => ({ path: file, release: () => Promise.resolve() })

async function fromContent(content: ContentStore, cid: string): Promise<BaseFile> {
  const bytes = await content.get(cid)
  const folder = await mkdtemp(path.join(tmpdir(), 'openledger-base-'))
  const file = path.join(folder, 'base.gguf')
  await writeFile(file, bytes)
  return { path: file, release: () => rm(folder, { recursive: true, force: true }) }
}

/** Where weight files are looked for besides the content store: the model that comes with the program, and the models that were added. */
export type KnownModels = { packaged: string; store: ModelStore }

/**
 * The weight file of a base model: the packaged one or an added one when the chain's hash is its hash, else that of the content store.
 * @throws UnavailableError BASE_MISSING when none is it
 */
export async function baseFile(reader: LedgerReader, content: ContentStore, baseId: Hex, { packaged, store }: KnownModels): Promise<BaseFile> {
  const base = await readBase(reader, baseId)
  // Without a registration nothing says which file it is; the audit then compares ids and names what differs.
  if (!base || (await hashFile(packaged).catch(() => null)) === base.contentHash) return kept(packaged)
  const added = (await store.list()).find(({ sha256 }) => `0x${sha256}` === base.contentHash)
  if (added && (await hashFile(store.pathOf(added)).catch(() => null)) === base.contentHash) return kept(store.pathOf(added))
  try {
    return await fromContent(content, cidOfDigest(base.contentHash))
  } catch (error) {
    if (!(error instanceof OpenLedgerError) || error.code !== 'MISSING_CONTENT') throw error
    throw new UnavailableError('BASE_MISSING', `the weight file of base ${baseId} is not at hand`, { cause: error, action: 'retry', fix: 'name it with --model, add it with openledger models add, or put it into the content folder' })
  }
}
