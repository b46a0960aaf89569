import { fail, UnavailableError } from '@openledger/protocol'
import type { HubConnection } from './HubConnection.ts'

/** A file of a repository at one commit. */
export type HubFile = {
  path: string
  bytes: number
  /** SHA-256 of a large file; null for a small one. */
  sha256: string | null
  /** Git's hash of a small file (SHA-1 over "blob", its size, and its content); null for a large one. */
  gitHash: string | null
}

export type HubListing = { commit: string; files: HubFile[] }

const maxFiles = 10_000
const hex = /^[0-9a-f]{40,64}$/

/**
 * The exact commit that a revision stands for, and its files.
 * @throws as `HubConnection.get`; UnavailableError `HUB_ANSWER`
 */
export async function listRepository(hub: HubConnection, repository: string, revision: string): Promise<HubListing> {
  const api = `${hub.settings.endpoint}/api/models/${repository}`
  const { value } = await hub.json(`${api}/revision/${encodeURIComponent(revision)}`)
  const commit = (value as { sha?: unknown } | null)?.sha
  if (typeof commit !== 'string' || !hex.test(commit)) return unreadable()
  const files: HubFile[] = []
  for (let url: string | null = `${api}/tree/${commit}?recursive=true`; url !== null; ) {
    const page = await hub.json(url)
    if (!Array.isArray(page.value)) return unreadable()
    for (const entry of page.value) {
      const file = readEntry(entry)
      if (file) files.push(file)
    }
    if (files.length > maxFiles) fail('HUB_TOO_LARGE', `${repository} has more than ${maxFiles} files`)
    url = page.next
  }
  return { commit, files }
}

function readEntry(entry: unknown): HubFile | null {
  const { type, path, size, oid, lfs } = (entry ?? {}) as { type?: unknown; path?: unknown; size?: unknown; oid?: unknown; lfs?: { oid?: unknown; size?: unknown } }
  if (type !== 'file') return null
  const bytes = lfs?.size ?? size
  if (typeof path !== 'string' || typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) return unreadable()
  const sha256 = typeof lfs?.oid === 'string' && /^[0-9a-f]{64}$/.test(lfs.oid) ? lfs.oid : null
  return { path, bytes, sha256, gitHash: sha256 === null && !lfs && typeof oid === 'string' && /^[0-9a-f]{40}$/.test(oid) ? oid : null }
}

function unreadable(): never {
  throw new UnavailableError('HUB_ANSWER', 'the hub describes the repository in a way that cannot be read', { action: 'stop', fix: 'check HF_ENDPOINT' })
}
