import { createHash, randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { fail, type Hex, OpenLedgerError, StorageError } from '@openledger/protocol'
import { encodeGgufHeader, ggufAlignment, type GgufMetadataValue, ggufTensorBytes, type GgufTensorData } from './writeGguf.ts'

/**
 * Writes a GGUF file part by part, in the order of its tensors, so that no more than a part is in memory. The file appears under its
 * name when it is whole and on the disk; `abandon` removes what was written. Abandoning twice, or after `finish`, does nothing.
 */
export class GgufFileWriter {
  /** Size that the whole file will have. */
  readonly bytes: number
  readonly #target: string
  readonly #draft: string
  readonly #handle: FileHandle
  readonly #tensors: readonly Omit<GgufTensorData, 'data'>[]
  readonly #hash = createHash('sha256')
  #tensor = 0
  #left = 0
  #open = true

  private constructor(parts: { target: string; draft: string; handle: FileHandle; bytes: number; tensors: readonly Omit<GgufTensorData, 'data'>[] }) {
    this.#target = parts.target
    this.#draft = parts.draft
    this.#handle = parts.handle
    this.#tensors = parts.tensors
    this.bytes = parts.bytes
    this.#left = this.#sizeOf(0)
  }

  /** Starts a file beside its final place. @throws InputError `GGUF_*`, StorageError `WRITE_FAILED` */
  static async create(target: string, metadata: Readonly<Record<string, GgufMetadataValue>>, tensors: readonly Omit<GgufTensorData, 'data'>[]): Promise<GgufFileWriter> {
    const header = encodeGgufHeader(metadata, tensors)
    const bytes = tensors.reduce((sum, { type, shape }) => sum + padded(ggufTensorBytes(type, shape)), header.length)
    const draft = `${target}.${randomBytes(6).toString('hex')}.part`
    const handle = await open(draft, 'wx', 0o600).catch((cause: unknown) => failed(draft, cause))
    const writer = new GgufFileWriter({ target, draft, handle, bytes, tensors })
    try {
      await writer.#put(header)
    } catch (error) {
      await writer.abandon()
      throw error
    }
    return writer
  }

  /** Appends bytes of the tensor that is due; parts may be of any size but must not cross into the next tensor. */
  async write(data: Uint8Array): Promise<void> {
    if (data.length > this.#left) fail('GGUF_DATA', `tensor ${this.#tensors[this.#tensor]?.name ?? 'behind the last'} is given more bytes than its shape and type need`)
    await this.#put(data)
    this.#left -= data.length
    if (this.#left > 0) return
    const size = this.#sizeOf(this.#tensor)
    await this.#put(new Uint8Array(padded(size) - size))
    this.#tensor += 1
    this.#left = this.#sizeOf(this.#tensor)
  }

  /** Flushes the file and gives it its name. @param check looks at the whole file before; what it throws leaves no file @returns its SHA-256 */
  async finish(check?: (path: string) => void): Promise<Hex> {
    if (this.#tensor < this.#tensors.length) fail('GGUF_DATA', `tensor ${this.#tensors[this.#tensor]!.name} lacks ${this.#left} bytes`)
    try {
      await this.#handle.sync()
      await this.#handle.close()
      check?.(this.#draft)
      await rename(this.#draft, this.#target)
    } catch (cause) {
      await this.abandon()
      if (cause instanceof OpenLedgerError) throw cause
      failed(this.#target, cause)
    }
    this.#open = false
    return `0x${this.#hash.digest('hex')}`
  }

  async abandon(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#handle.close().catch(() => undefined)
    await rm(this.#draft, { force: true })
  }

  async #put(data: Uint8Array): Promise<void> {
    if (data.length === 0) return
    this.#hash.update(data)
    await this.#handle.writeFile(data).catch((cause: unknown) => failed(this.#draft, cause))
  }

  #sizeOf(index: number): number {
    const tensor = this.#tensors[index]
    return tensor ? ggufTensorBytes(tensor.type, tensor.shape) : 0
  }
}

const padded = (bytes: number): number => Math.ceil(bytes / ggufAlignment) * ggufAlignment

function failed(path: string, cause: unknown): never {
  throw new StorageError('WRITE_FAILED', `${path} cannot be written`, { cause, action: 'retry', fix: 'free space on this disk or check the permissions, then try again' })
}
