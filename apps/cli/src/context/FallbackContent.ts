import type { ContentStore } from '@openledger/datanet'
import { OpenLedgerError } from '@openledger/protocol'

/** A content store that asks a second place for files that it lacks. A damaged file stays damaged: the second place does not hide it. */
export class FallbackContent implements ContentStore {
  readonly #own: ContentStore
  readonly #fetch: (cid: string) => Promise<Uint8Array>

  /** @param fetch gives a file that is checked against its id, or fails */
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
      return this.#fetch(cid).catch(() => {
        throw error
      })
    }
  }

  has(cid: string): Promise<boolean> {
    return this.#own.has(cid)
  }

  list(): Promise<string[]> {
    return this.#own.list()
  }
}
