import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { checkSpace, type FreeSpace } from './checkSpace.ts'
import { chooseFiles, type HubChoice } from './hub/chooseFiles.ts'
import { downloadFile, isWhole } from './hub/downloadFile.ts'
import { findInCache, needInCache } from './hub/findInCache.ts'
import type { HubConnection } from './hub/HubConnection.ts'
import type { HubReference } from './hub/HubReference.ts'
import { listRepository, type HubFile } from './hub/listRepository.ts'

export type Fetched = {
  kind: HubChoice['kind']
  /** The GGUF file, or the folder. */
  path: string
  commit: string
  /** The file of the repository, when it is one. */
  file: string | undefined
  /** Where the download lies; null when it was at hand. Whoever has taken what it needs removes it. */
  downloaded: string | null
}

export type FetchOptions = {
  /** Where unfinished downloads lie. */
  downloads: string
  freeSpace: FreeSpace
  onProgress?: (progress: { done: number; total: number; text: string }) => void
}

/**
 * Brings a model of a hub onto this disk: from the cache of other programs when the exact files are there, else by download,
 * going on where an earlier call stopped. Every file is checked against the hub's hash of it.
 * @throws as `HubConnection.get`, `chooseFiles`, `downloadFile`; StorageError `NO_SPACE`; InputError `HUB_OFFLINE`
 */
export async function fetchFromHub(hub: HubConnection, reference: HubReference, options: FetchOptions): Promise<Fetched> {
  const { repository, file: wanted, revision } = reference
  if (hub.settings.offline) {
    const { commit, files, folder } = await needInCache(hub.settings.cache, reference)
    return atHand(chooseFiles(repository, files, wanted), folder, commit)
  }
  const { commit, files } = await listRepository(hub, repository, revision)
  const choice = chooseFiles(repository, files, wanted)
  const needed = choice.kind === 'gguf' ? [choice.file] : choice.files
  const cached = await findInCache(hub.settings.cache, reference, commit)
  if (cached && (await allWhole(cached.folder, needed))) return atHand(choice, cached.folder, commit)
  const folder = path.join(options.downloads, createHash('sha256').update(`${hub.settings.endpoint} ${repository} ${commit}`).digest('hex').slice(0, 32))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const total = needed.reduce((sum, { bytes }) => sum + bytes, 0)
  // The download, and the model that is made of it.
  await checkSpace(folder, choice.kind === 'gguf' ? total : 2 * total, options.freeSpace)
  let before = 0
  for (const file of needed) {
    const url = `${hub.settings.endpoint}/${repository}/resolve/${commit}/${file.path.split('/').map(encodeURIComponent).join('/')}`
    await downloadFile(hub, { url, target: path.join(folder, path.posix.basename(file.path)), file, onProgress: (done) => options.onProgress?.({ done: before + done, total, text: file.path }) })
    before += file.bytes
  }
  const place = choice.kind === 'gguf' ? path.join(folder, path.posix.basename(choice.file.path)) : folder
  return { kind: choice.kind, path: place, commit, file: choice.kind === 'gguf' ? choice.file.path : undefined, downloaded: folder }
}

function atHand(choice: HubChoice, folder: string, commit: string): Fetched {
  const file = choice.kind === 'gguf' ? choice.file.path : undefined
  return { kind: choice.kind, path: file === undefined ? folder : path.join(folder, ...file.split('/')), commit, file, downloaded: null }
}

async function allWhole(folder: string, files: readonly HubFile[]): Promise<boolean> {
  for (const file of files) if (!(await isWhole(path.join(folder, ...file.path.split('/')), file))) return false
  return true
}
