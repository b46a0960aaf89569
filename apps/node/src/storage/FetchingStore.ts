import type { ContentStore } from '@openledger/datanet'
import { cidOf, OpenLedgerError, ProofError } from '@openledger/protocol'

/** A content store that fetches what it lacks from elsewhere and keeps it. A damaged file stays damaged: the second place does not hide it. */
export class FetchingStore implements ContentStore {
  readonly #own: ContentStore
  readonly #fetch: (cid: string) => Promise<Uint8Array>

  constructor(own: ContentStore, fetch: (cid: string) => Promise<Uint8Array>) {
    this.#own = own
    this.#fetch = fetch
  }

  put(bytes: Uint8Array): Promise<string> {
    return this.#own.put(bytes)
  }

  async get(cid: string): Promise<Uint8Array> {
    try {
      return await this.#own.get(cid)
    } catch (error) {
      if (!(error instanceof OpenLedgerError) || error.code !== 'MISSING_CONTENT') throw error
    }
    const bytes = await this.#fetch(cid)
    if (cidOf(bytes) !== cid) throw new ProofError('CORRUPT_CONTENT', `other bytes came than those of ${cid}`, { action: 'retry' })
    await this.#own.put(bytes)
    return bytes
  }

  has(cid: string): Promise<boolean> {
    return this.#own.has(cid)
  }

  list(): Promise<string[]> {
    return this.#own.list()
  }
}
