import { StorageError } from '@openledger/protocol'
import { littleEndian } from './ByteWriter.ts'

/** Reads little-endian binary files strictly: never past the end, and `finish` refuses bytes that nobody read. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #what: string
  #at = 0

  /** @param what the file's name in error messages, e.g. "span index" */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#what = what
  }

  /** Refuses the file: throws StorageError BAD_FILE. */
  refuse(reason: string): never {
    throw new StorageError('BAD_FILE', `the ${this.#what} is damaged: ${reason}`, {
      fix: 'fetch the file again by its content id, or build it again',
    })
  }

  #take(size: number): number {
    if (size > this.#bytes.length - this.#at) this.refuse(`it ends at byte ${this.#bytes.length}, ${size} more wanted at ${this.#at}`)
    const at = this.#at
    this.#at += size
    return at
  }

  /** Fails unless the next bytes are this ASCII text. */
  magic(text: string): void {
    const found = String.fromCharCode(...this.bytes(text.length))
    if (found !== text) this.refuse(`it does not start with ${text}`)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  /** A view on the next bytes: they are shared with the file, not copied. */
  bytes(size: number): Uint8Array {
    const at = this.#take(size)
    return this.#bytes.subarray(at, at + size)
  }

  /** As `bytes`, signed. */
  int8(size: number): Int8Array {
    const part = this.bytes(size)
    return new Int8Array(part.buffer, part.byteOffset, part.byteLength)
  }

  /** `count` unsigned 32-bit integers, copied. */
  u32Array(count: number): Uint32Array {
    const at = this.#take(4 * count)
    const out = new Uint32Array(count)
    if (littleEndian) {
      new Uint8Array(out.buffer).set(this.#bytes.subarray(at, at + 4 * count))
      return out
    }
    for (let i = 0; i < count; i++) out[i] = this.#view.getUint32(at + 4 * i, true)
    return out
  }

  /** UTF-8 text with its length before it. */
  text(maxBytes: number): string {
    const size = this.u32()
    if (size > maxBytes) this.refuse(`a text of ${size} bytes, ${maxBytes} allowed`)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes(size))
    } catch {
      return this.refuse('a text is not UTF-8')
    }
  }

  /** Fails when bytes are left. */
  finish(): void {
    if (this.#at !== this.#bytes.length) this.refuse(`${this.#bytes.length - this.#at} bytes too many`)
  }
}
