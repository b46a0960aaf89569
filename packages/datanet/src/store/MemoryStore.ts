import { cidOf, cidOfDigest, digestOfCid, fail } from '@openledger/protocol'
import type { ContentStore } from './ContentStore.ts'
import { corruptContent, maxContentBytes, missingContent } from './contentErrors.ts'

/** A content store in memory, for browsers and tests. Bytes are copied in and out. */
export class MemoryStore implements ContentStore {
  readonly #files = new Map<string, Uint8Array>()
  readonly #maxBytes: number

  constructor(options: { maxBytes?: number } = {}) {
    this.#maxBytes = options.maxBytes ?? maxContentBytes
  }

  async put(bytes: Uint8Array): Promise<string> {
    if (bytes.length > this.#maxBytes) fail('CONTENT_TOO_LARGE', `a file has at most ${this.#maxBytes} bytes, this one ${bytes.length}`)
    const cid = cidOf(bytes)
    this.#files.set(cid, bytes.slice())
    return cid
  }

  async get(cid: string): Promise<Uint8Array> {
    const name = cidOfDigest(digestOfCid(cid))
    const bytes = this.#files.get(name)
    if (!bytes) throw missingContent(name)
    if (cidOf(bytes) !== name) throw corruptContent(name, 'in memory')
    return bytes.slice()
  }

  async has(cid: string): Promise<boolean> {
    return this.#files.has(cidOfDigest(digestOfCid(cid)))
  }

  async list(): Promise<string[]> {
    return [...this.#files.keys()].sort()
  }
}
