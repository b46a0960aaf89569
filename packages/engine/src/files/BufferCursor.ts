import { StorageError } from '@openledger/protocol'
import type { ByteSource } from './ByteSource.ts'

/** Reads a file that lies in memory front to back; the buffers it gives are views of it. */
export class BufferCursor implements ByteSource {
  readonly #bytes: Buffer
  readonly #path: string
  #at = 0

  /** @param path for messages */
  constructor(bytes: Buffer, path: string) {
    this.#bytes = bytes
    this.#path = path
  }

  get size(): number {
    return this.#bytes.length
  }

  get position(): number {
    return this.#at
  }

  take(length: number): Buffer {
    const bytes = this.readAt(this.#at, length)
    this.#at += length
    return bytes
  }

  readAt(position: number, length: number): Buffer {
    if (position < 0 || length < 0 || position + length > this.#bytes.length) {
      throw new StorageError('FILE_TRUNCATED', `${this.#path} ends at byte ${this.size}, but ${length} more bytes are announced at ${position}`, { action: 'fix', fix: 'copy or download the file again' })
    }
    return this.#bytes.subarray(position, position + length)
  }
}
