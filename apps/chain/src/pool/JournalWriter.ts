import type { ChainStore, JournalEntry } from '../storage/ChainStore.ts'

type Waiting = { entry: JournalEntry; removed: readonly number[]; resolve: () => void; reject: (error: unknown) => void }

/** Writes to the journal in groups: what arrives together is flushed together, so that many senders share the cost of one flush. */
export class JournalWriter {
  private readonly store: ChainStore
  private waiting: Waiting[] = []

  constructor(store: ChainStore) {
    this.store = store
  }

  /**
   * Resolves when the entry is flushed and the removed ones are gone.
   * @throws the store's error; the entry is then not in the journal
   */
  write(entry: JournalEntry, removed: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ entry, removed, resolve, reject })
      if (this.waiting.length === 1) setImmediate(() => this.flush())
    })
  }

  private flush(): void {
    const group = this.waiting
    this.waiting = []
    try {
      this.store.changeJournal({ added: group.map(({ entry }) => entry), removed: group.flatMap(({ removed }) => removed) })
      for (const { resolve } of group) resolve()
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
}
