import { DuplicateIndex, type Duplicate } from '@openledger/datanet'
import type { Hex, RecordContent } from '@openledger/protocol'
import type { Query } from '../database/Database.ts'

/** The records of each datanet in the order of their arrival, ready to find duplicates. Filled from the tables on first use. */
export class RecordIndex {
  readonly #query: Query
  readonly #indexes = new Map<string, Promise<DuplicateIndex>>()

  constructor(query: Query) {
    this.#query = query
  }

  /** What each record repeats, or null; the records are added. */
  async add(datanetId: string, records: readonly (RecordContent & { recordId: Hex })[]): Promise<(Duplicate | null)[]> {
    const index = await this.#index(datanetId)
    return records.map((record) => index.add(record))
  }

  /** Forgets a datanet, so that it is read from the tables again: for when what was added could not be kept. */
  forget(datanetId: string): void {
    this.#indexes.delete(datanetId)
  }

  #index(datanetId: string): Promise<DuplicateIndex> {
    let index = this.#indexes.get(datanetId)
    if (!index) this.#indexes.set(datanetId, (index = this.#load(datanetId)))
    return index
  }

  async #load(datanetId: string): Promise<DuplicateIndex> {
    const index = new DuplicateIndex()
    const rows = await this.#query<{ record_id: Hex; prompt: string; completion: string }>(
      `select record_id, prompt, completion from records where datanet_id = $1 and status <> 'rejected' order by seq, position`,
      [datanetId],
    )
    for (const row of rows) index.add({ recordId: row.record_id, prompt: row.prompt, completion: row.completion })
    return index
  }
}
