import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { StorageError } from '@openledger/protocol'
import type { ByteSource } from './ByteSource.ts'

const window = 1 << 20

/**
 * Reads a little-endian file front to back through a small window and never past its end.
 * The maker closes it; closing twice does nothing.
 */
export class FileCursor implements ByteSource {
  readonly size: number
  readonly #path: string
  readonly #descriptor: number
  #buffer: Buffer = Buffer.alloc(0)
  #start = 0
  #at = 0
  #open = true

  /** @throws StorageError `FILE_UNREADABLE` */
  constructor(path: string) {
    this.#path = path
    try {
      // A pipe without a writer must not hold the thread: it opens at once, and is found below to be no file.
      this.#descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    } catch (cause) {
      throw new StorageError('FILE_UNREADABLE', `${path} cannot be opened`, { cause, action: 'fix', fix: 'check the path and the permissions' })
    }
    const status = fstatSync(this.#descriptor)
    if (!status.isFile()) {
      closeSync(this.#descriptor)
      throw new StorageError('FILE_UNREADABLE', `${path} is not a file`, { action: 'fix' })
    }
    this.size = status.size
  }

  /** The open file, until it is closed. */
  get descriptor(): number {
    return this.#descriptor
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at
  }

  /** The next bytes, valid until the next call. @throws StorageError `FILE_TRUNCATED` */
  take(length: number): Buffer {
    if (length > this.size - this.#at) throw this.#truncated(length)
    const from = this.#at - this.#start
    if (from + length > this.#buffer.length) {
      this.#start = this.#at
      this.#buffer = this.readAt(this.#at, Math.min(Math.max(length, window), this.size - this.#at))
      this.#at += length
      return this.#buffer.subarray(0, length)
    }
    this.#at += length
    return this.#buffer.subarray(from, from + length)
  }

  /** Bytes at a place, in a buffer of their own. @throws StorageError `FILE_TRUNCATED` */
  readAt(position: number, length: number): Buffer {
    if (position < 0 || position + length > this.size) throw this.#truncated(length)
    const target = Buffer.allocUnsafe(length)
    let done = 0
    while (done < length) {
      const count = readSync(this.#descriptor, target, done, length - done, position + done)
      if (count === 0) throw this.#truncated(length)
      done += count
    }
    return target
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    closeSync(this.#descriptor)
  }

  #truncated(length: number): StorageError {
    return new StorageError('FILE_TRUNCATED', `${this.#path} ends at byte ${this.size}, but ${length} more bytes are announced at ${this.#at}`, {
      action: 'fix',
      fix: 'copy or download the file again',
    })
  }
}
