import { cidOf, cidOfDigest, digestOfCid, fail, OpenLedgerError, StorageError } from '@openledger/protocol'
import type { ContentStore } from './ContentStore.ts'
import { corruptContent, maxContentBytes, missingContent } from './contentErrors.ts'
import { fileErrorCode, type FolderFiles } from './FolderFiles.ts'

const temporary = 'tmp'
const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
/** File systems that cannot sync a folder answer one of these. */
const noFolderSync = new Set(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES'])

/**
 * A content store in a folder: `<folder>/<last two letters of the id>/<id>`. A file appears by rename after it was synced under
 * `<folder>/tmp`, so a reader or a crash never meets half of one. Several processes may share the folder.
 */
export class FolderStore implements ContentStore {
  readonly #folder: string
  readonly #files: FolderFiles
  readonly #maxBytes: number

  /**
   * @param folder made on the first put
   * @param files the file system, for example `node:fs/promises`
   */
  constructor(folder: string, files: FolderFiles, options: { maxBytes?: number } = {}) {
    this.#folder = folder
    this.#files = files
    this.#maxBytes = options.maxBytes ?? maxContentBytes
  }

  async put(bytes: Uint8Array): Promise<string> {
    if (bytes.length > this.#maxBytes) fail('CONTENT_TOO_LARGE', `a file has at most ${this.#maxBytes} bytes, this one ${bytes.length}`)
    const cid = cidOf(bytes)
    if (await this.#holds(cid, bytes.length)) return cid
    const draft = `${this.#folder}/${temporary}/${cid}.${globalThis.crypto.randomUUID()}`
    const home = this.#home(cid)
    try {
      await this.#files.mkdir(`${this.#folder}/${temporary}`, { recursive: true })
      await this.#files.mkdir(home, { recursive: true })
      await this.#writeSynced(draft, bytes)
      await this.#files.rename(draft, this.#place(cid))
      await this.#syncFolder(home)
      await this.#syncFolder(this.#folder)
    } catch (cause) {
      await this.#files.rm(draft, { force: true }).catch(() => undefined)
      throw this.#writeError(cid, bytes.length, cause)
    }
    return cid
  }

  async get(cid: string): Promise<Uint8Array> {
    const name = cidOfDigest(digestOfCid(cid))
    const place = this.#place(name)
    let bytes: Uint8Array
    try {
      const { size } = await this.#files.stat(place)
      if (size > this.#maxBytes) throw corruptContent(name, place)
      bytes = await this.#files.readFile(place)
    } catch (cause) {
      if (cause instanceof OpenLedgerError) throw cause
      const code = fileErrorCode(cause)
      if (code === 'ENOENT' || code === 'ENOTDIR') throw missingContent(name, cause)
      throw new StorageError('READ_FAILED', `${place} cannot be read (${code || 'unknown error'})`, {
        cause,
        action: 'retry',
        fix: 'check the permissions of the folder and the health of the disk, then try again',
      })
    }
    if (cidOf(bytes) !== name) throw corruptContent(name, place)
    return new Uint8Array(bytes)
  }

  async has(cid: string): Promise<boolean> {
    return (await this.#size(cidOfDigest(digestOfCid(cid)))) !== undefined
  }

  async list(): Promise<string[]> {
    const shelves = (await this.#names(this.#folder)).filter((name) => /^[a-z2-7]{2}$/.test(name))
    const found: string[] = []
    for (const shelf of shelves) {
      const names = await this.#names(`${this.#folder}/${shelf}`)
      found.push(...names.filter((name) => /^b[a-z2-7]{58}$/.test(name) && name.endsWith(shelf)))
    }
    return found.sort()
  }

  /**
   * Deletes what writers that were killed left behind. Call it once at the start, when no other process writes to the folder.
   * @returns how many files were deleted
   */
  async sweep(): Promise<number> {
    const left = await this.#names(`${this.#folder}/${temporary}`)
    for (const name of left) await this.#files.rm(`${this.#folder}/${temporary}/${name}`, { force: true })
    return left.length
  }

  #home(cid: string): string {
    return `${this.#folder}/${cid.slice(-2)}`
  }

  #place(cid: string): string {
    return `${this.#home(cid)}/${cid}`
  }

  async #names(folder: string): Promise<string[]> {
    try {
      return await this.#files.readdir(folder)
    } catch (cause) {
      const code = fileErrorCode(cause)
      if (code === 'ENOENT' || code === 'ENOTDIR') return []
      throw new StorageError('READ_FAILED', `${folder} cannot be listed (${code || 'unknown error'})`, { cause, action: 'retry' })
    }
  }

  async #size(cid: string): Promise<number | undefined> {
    try {
      return (await this.#files.stat(this.#place(cid))).size
    } catch (cause) {
      const code = fileErrorCode(cause)
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
      throw new StorageError('READ_FAILED', `${this.#place(cid)} cannot be read (${code || 'unknown error'})`, { cause, action: 'retry' })
    }
  }

  /** Whether a healthy copy is kept already; a damaged one is written anew. */
  async #holds(cid: string, size: number): Promise<boolean> {
    if ((await this.#size(cid)) !== size) return false
    return this.get(cid).then(
      () => true,
      () => false,
    )
  }

  async #writeSynced(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.#files.open(path, 'wx')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  }

  async #syncFolder(path: string): Promise<void> {
    try {
      const folder = await this.#files.open(path, 'r')
      try {
        await folder.sync()
      } finally {
        await folder.close()
      }
    } catch (cause) {
      if (!noFolderSync.has(fileErrorCode(cause))) throw cause
    }
  }

  #writeError(cid: string, size: number, cause: unknown): StorageError {
    const code = fileErrorCode(cause)
    if (outOfSpace.has(code)) {
      return new StorageError('NO_SPACE', `no room for ${size} bytes (${cid}) in ${this.#folder}; nothing was written`, {
        cause,
        action: 'retry',
        status: 507,
        fix: 'free space on this disk or move the data folder to a larger one, then try again',
      })
    }
    return new StorageError('WRITE_FAILED', `${cid} cannot be written to ${this.#folder} (${code || 'unknown error'})`, {
      cause,
      action: 'retry',
      fix: 'check the permissions of the folder and the health of the disk, then try again',
    })
  }
}
