import { mkdir, rm, stat } from 'node:fs/promises'
import { convertFolder, nameFrom, type GgufTensorType, type ModelSource, type ModelStore, type StoredModel } from '@openledger/engine'
import { fail } from '@openledger/protocol'
import { checkSpace, freeSpace, type FreeSpace } from './checkSpace.ts'
import { fetchFromHub } from './fetchFromHub.ts'
import { HubConnection, type HubWorld } from './hub/HubConnection.ts'
import { parseHubReference } from './hub/HubReference.ts'
import { hubSettings } from './hub/HubSettings.ts'

export type AddModelOptions = {
  /** What to call it; default: from the file, folder or repository. */
  name?: string
  /** Encoding of the matrices, for folders. */
  type?: GgufTensorType
  environment: Record<string, string | undefined>
  now: () => number
  world?: HubWorld
  freeSpace?: FreeSpace
  onProgress?: (stage: string, progress: { done: number; total: number; text: string }) => void
}

/**
 * Puts a model into the store: a GGUF file, a Hugging Face folder (converted), or one of a hub (`organisation/name[@revision][:file]`).
 * What a stopped download left is kept and used by the next call. Hold a lock on the store's folder.
 * @throws errors of `ModelStore`, `convertFolder` and `fetchFromHub`; InputError `MODEL_TYPE`
 */
export async function addModel(store: ModelStore, what: string, options: AddModelOptions): Promise<StoredModel> {
  await mkdir(store.folder, { recursive: true, mode: 0o700 })
  const status = await stat(what).catch(() => null)
  if (status?.isFile()) return takeFile(store, what, options.name ?? nameFrom(what), { kind: 'file', path: what }, options)
  if (status?.isDirectory()) return takeFolder(store, what, options.name ?? nameFrom(what), { kind: 'folder', path: what }, options)
  const reference = parseHubReference(what)
  const name = options.name ?? nameFrom(reference.file !== undefined && /\.gguf$/i.test(reference.file) ? reference.file : reference.repository)
  await store.checkFree(name)
  const hub = new HubConnection(hubSettings(options.environment), { ...options.world })
  const onProgress = (progress: { done: number; total: number; text: string }): void => options.onProgress?.('download', progress)
  const fetched = await fetchFromHub(hub, reference, { downloads: store.downloads, freeSpace: options.freeSpace ?? freeSpace, onProgress })
  const source: ModelSource = { kind: 'hub', repository: reference.repository, revision: reference.revision, commit: fetched.commit, ...(fetched.file === undefined ? {} : { file: fetched.file }) }
  const take = fetched.kind === 'gguf' ? takeFile : takeFolder
  const model = await take(store, fetched.path, name, source, options)
  if (fetched.downloaded !== null) await rm(fetched.downloaded, { recursive: true, force: true })
  return model
}

async function takeFile(store: ModelStore, path: string, name: string, source: ModelSource, options: AddModelOptions): Promise<StoredModel> {
  if (options.type !== undefined) fail('MODEL_TYPE', 'a GGUF file is taken as it is', { field: '--type', fix: 'leave out --type, or name a folder of safetensors' })
  await checkSpace(store.folder, (await stat(path)).size, options.freeSpace ?? freeSpace)
  const { draft, sha256, bytes } = await store.copy(path, (done, total) => options.onProgress?.('copy', { done, total, text: name }))
  return store.keep(draft, { name, sha256, bytes, source, addedAt: options.now(), notes: [] })
}

async function takeFolder(store: ModelStore, path: string, name: string, source: ModelSource, options: AddModelOptions): Promise<StoredModel> {
  const draft = await store.incoming()
  const onProgress = (progress: { done: number; total: number }): void => options.onProgress?.('convert', { ...progress, text: name })
  const { sha256, bytes, notes } = await convertFolder(path, draft, { type: options.type, name, signal: options.world?.signal, onProgress })
  return store.keep(draft, { name, sha256: sha256.slice(2), bytes, source, addedAt: options.now(), notes })
}
