import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { fail } from '@openledger/protocol'
import type { HubReference } from './HubReference.ts'
import type { HubFile, HubListing } from './listRepository.ts'

/** A snapshot that another program has downloaded: its folder and its files. */
export type CachedSnapshot = HubListing & { folder: string }

/**
 * Looks for a repository in the cache that other programs of the hub keep. Nothing is written there.
 * @param commit the exact one; default: what the revision stood for when it was last asked
 * @returns null when it is not there
 */
export async function findInCache(cache: string, { repository, revision }: HubReference, commit?: string): Promise<CachedSnapshot | null> {
  const place = path.join(cache, `models--${repository.replace('/', '--')}`)
  const known = commit ?? (/^[0-9a-f]{40}$/.test(revision) ? revision : (await readFile(path.join(place, 'refs', ...revision.split('/')), 'utf8').catch(() => '')).trim())
  if (!/^[0-9a-f]{40}$/.test(known)) return null
  const folder = path.join(place, 'snapshots', known)
  const names = await readdir(folder, { recursive: true }).catch(() => null)
  if (!names) return null
  const files: HubFile[] = []
  for (const name of names) {
    const status = await stat(path.join(folder, name)).catch(() => null)
    if (status?.isFile()) files.push({ path: name.replaceAll(path.sep, '/'), bytes: status.size, sha256: null, gitHash: null })
  }
  return { commit: known, files, folder }
}

/** A snapshot for work without a network. @throws InputError `HUB_OFFLINE` */
export async function needInCache(cache: string, reference: HubReference): Promise<CachedSnapshot> {
  const found = await findInCache(cache, reference)
  return found ?? fail('HUB_OFFLINE', `HF_HUB_OFFLINE is set, and ${reference.repository} is not in ${cache}`, { fix: 'unset HF_HUB_OFFLINE, or name a file or folder' })
}
