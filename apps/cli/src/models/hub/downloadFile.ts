import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { OpenLedgerError, StorageError, UnavailableError } from '@openledger/protocol'
import { bodyOf, stallMs, type HubConnection } from './HubConnection.ts'
import type { HubFile } from './listRepository.ts'

export type DownloadOptions = {
  url: string
  /** Where the file goes; while it is unfinished, `<target>.part` and `<target>.part.json` stand beside it. */
  target: string
  file: HubFile
  /** Bytes of this file that are there. */
  onProgress?: (done: number) => void
}

const maxCuts = 5

/**
 * Downloads a file, going on where an earlier, broken-off call stopped, and checks its size and hash. It appears when it is whole and right.
 * @throws as `HubConnection.get`; UnavailableError `DOWNLOAD_CUT`, StorageError `DOWNLOAD_DAMAGED` (the part is thrown away), `WRITE_FAILED`
 */
export async function downloadFile(hub: HubConnection, { url, target, file, onProgress }: DownloadOptions): Promise<void> {
  if (await isWhole(target, file)) return onProgress?.(file.bytes)
  await mkdir(path.dirname(target), { recursive: true })
  const part = `${target}.part`
  const size = async (): Promise<number> => (await stat(part).catch(() => null))?.size ?? 0
  let cuts = 0
  if ((await size()) > file.bytes) await forget(part)
  let done = await size()
  while (done < file.bytes || done === 0) {
    try {
      await fetchRest(hub, url, part, file, done, onProgress)
    } catch (error) {
      if (error instanceof OpenLedgerError) throw error
      hub.refuseCancelled()
      const reached = await size()
      cuts = reached > done ? 1 : cuts + 1
      if (cuts >= maxCuts) throw new UnavailableError('DOWNLOAD_CUT', `the connection for ${file.path} broke off ${cuts} times`, { cause: error, action: 'retry', fix: 'call again: what is downloaded already is kept' })
      await hub.sleep(1000 * 2 ** (cuts - 1))
    }
    done = await size()
    if (file.bytes === 0) break
  }
  if (!(await isWhole(part, file))) {
    await forget(part)
    throw new StorageError('DOWNLOAD_DAMAGED', `${file.path} is not what the hub says it is: its size or its hash differs`, { action: 'retry', fix: 'call again; if it happens again, the hub or a proxy in between changes files' })
  }
  await rename(part, target)
  await forget(part)
}

/** Fetches what is missing of a file into its part. Throws whatever cuts the connection. */
async function fetchRest(hub: HubConnection, url: string, part: string, file: HubFile, from: number, onProgress?: (done: number) => void): Promise<void> {
  const known = from > 0 ? await etagOf(part) : null
  const stall = new AbortController()
  let timer = setTimeout(() => stall.abort(), stallMs)
  const alive = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => stall.abort(), stallMs)
  }
  try {
    // A part whose version is not known could belong to another one: it is fetched anew.
    const range: Record<string, string> = known === null ? {} : { range: `bytes=${from}-`, 'if-range': known }
    const { response, linkedEtag } = await hub.get(url, range, stall.signal)
    const linked = linkedEtag?.replace(/^W\/|"/g, '') ?? null
    if (linked !== null && file.sha256 !== null && linked !== file.sha256) {
      await response.body?.cancel()
      throw new StorageError('DOWNLOAD_DAMAGED', `the hub names two hashes for ${file.path}`, { action: 'retry', fix: 'call again; the repository may just be changing' })
    }
    const goesOn = response.status === 206 && new RegExp(`^bytes ${from}-\\d+/(${file.bytes}|\\*)$`).test(response.headers.get('content-range') ?? '')
    if (!goesOn && response.status !== 200) {
      // The host does not know the rest: from the start then.
      await response.body?.cancel()
      await forget(part)
      throw new RangeError(`the host answers ${response.status} to the range`)
    }
    const etag = response.headers.get('etag')
    await writeFile(`${part}.json`, JSON.stringify({ etag: etag !== null && !etag.startsWith('W/') ? etag : null }))
    const handle = await open(part, goesOn ? 'a' : 'w', 0o600).catch(failed)
    try {
      let done = goesOn ? from : 0
      for await (const bytes of bodyOf(response)) {
        alive()
        done += bytes.length
        if (done > file.bytes) {
          await handle.truncate(0)
          throw new StorageError('DOWNLOAD_DAMAGED', `${file.path} is longer than the hub says`, { action: 'retry' })
        }
        await handle.writeFile(bytes).catch(failed)
        onProgress?.(done)
      }
      await handle.sync().catch(failed)
    } finally {
      await handle.close()
    }
  } finally {
    clearTimeout(timer)
  }
}

function failed(cause: unknown): never {
  throw new StorageError('WRITE_FAILED', 'the download cannot be written', { cause, action: 'retry', fix: 'free space on this disk or check the permissions, then call again' })
}

async function forget(part: string): Promise<void> {
  for (const file of [part, `${part}.json`]) await rm(file, { force: true })
}

async function etagOf(part: string): Promise<string | null> {
  try {
    const { etag } = JSON.parse(await readFile(`${part}.json`, 'utf8')) as { etag?: unknown }
    return typeof etag === 'string' ? etag : null
  } catch {
    return null
  }
}

/** Whether a file is there, whole, and what the hub says that it is. */
export async function isWhole(target: string, { bytes, sha256, gitHash }: HubFile): Promise<boolean> {
  const status = await stat(target).catch(() => null)
  if (!status?.isFile() || status.size !== bytes) return false
  const hash = sha256 === null ? createHash('sha1').update(`blob ${bytes}\0`) : createHash('sha256')
  for await (const chunk of createReadStream(target, { highWaterMark: 4 << 20 })) hash.update(chunk as Buffer)
  const found = hash.digest('hex')
  return sha256 === null ? gitHash === null || found === gitHash : found === sha256
}
