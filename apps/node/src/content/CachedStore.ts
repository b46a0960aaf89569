import type { ContentStore } from '@openledger/datanet'
import { OpenLedgerError } from '@openledger/protocol'

/** A content store that is far away with a nearer one that keeps what passes through. What counts is what the far one has; the near one may be emptied at any time. */
export class CachedStore implements ContentStore {
  readonly #far: ContentStore
  readonly #near: ContentStore

  constructor(far: ContentStore, near: ContentStore) {
    this.#far = far
    this.#near = near
  }

  /** Returns when the far store has it. */
  async put(bytes: Uint8Array): Promise<string> {
    const cid = await this.#far.put(bytes)
    await this.#keep(bytes)
    return cid
  }

  async get(cid: string): Promise<Uint8Array> {
    try {
      return await this.#near.get(cid)
    } catch (error) {
      if (error instanceof OpenLedgerError && error.code === 'BAD_CID') throw error
    }
    const bytes = await this.#far.get(cid)
    await this.#keep(bytes)
    return bytes
  }

  async has(cid: string): Promise<boolean> {
    return (await this.#near.has(cid)) || this.#far.has(cid)
  }

  list(): Promise<string[]> {
    return this.#far.list()
  }

  /** A near store that is full or broken only makes reading slower. */
  async #keep(bytes: Uint8Array): Promise<void> {
    await this.#near.put(bytes).catch(() => undefined)
  }
}
