import { OpenLedgerError } from '@openledger/protocol'
import type { ContentStore } from './ContentStore.ts'

/** Gives a file that a store lacks, checked against its id; `missing` is what the store said. */
export type Elsewhere = (cid: string, missing: OpenLedgerError) => Promise<Uint8Array>

/** A content store that asks a second place for files that it lacks. A damaged file stays damaged: the second place does not hide it. */
export class FallbackStore implements ContentStore {
  readonly #own: ContentStore
  readonly #elsewhere: Elsewhere

  constructor(own: ContentStore, elsewhere: Elsewhere) {
    this.#own = own
    this.#elsewhere = elsewhere
  }

  put(bytes: Uint8Array): Promise<string> {
    return this.#own.put(bytes)
  }

  async get(cid: string): Promise<Uint8Array> {
    try {
      return await this.#own.get(cid)
    } catch (error) {
      if (!(error instanceof OpenLedgerError) || error.code !== 'MISSING_CONTENT') throw error
      return this.#elsewhere(cid, error)
    }
  }

  has(cid: string): Promise<boolean> {
    return this.#own.has(cid)
  }

  list(): Promise<string[]> {
    return this.#own.list()
  }
}
