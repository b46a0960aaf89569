import { mkdir, readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { writeFileSafely } from '@openledger/files'
import { StorageError } from '@openledger/protocol'

const fileName = /^[\w.-]{1,120}$/

/** Small private files of the command line in one folder: each written whole or not at all, flushed, readable by the owner alone. */
export class KeptFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Where a file of this name lies. */
  place(name: string): string {
    if (!fileName.test(name)) throw new StorageError('BAD_FILE_NAME', `"${name.slice(0, 80)}" is not a file name`, { action: 'stop' })
    return path.join(this.#folder, name)
  }

  /** The bytes of a file; undefined when there is none. */
  async read(name: string): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await readFile(this.place(name)))
    } catch (cause) {
      if ((cause as { code?: string }).code === 'ENOENT') return undefined
      throw new StorageError('READ_FAILED', `${this.place(name)} cannot be read`, { cause, action: 'stop', fix: 'check the permissions of the data folder' })
    }
  }

  /** Keeps a file for good: it is on the disk when this returns. Throws StorageError WRITE_FAILED. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const place = this.place(name)
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await writeFileSafely(place, bytes)
    } catch (cause) {
      throw new StorageError('WRITE_FAILED', `${place} cannot be written`, { cause, action: 'retry', fix: 'free space on this disk or check the permissions, then try again' })
    }
  }

  /** The names of the files, sorted. */
  async names(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => [])
    return names.filter((name) => !/\.(part|tmp)$/.test(name)).sort()
  }
}
