import { setMaxListeners } from 'node:events'
import type { LedgerEvent } from '@openledger/sdk'

const kept = 100

/** What just happened, for everybody who watches; the latest are kept for those who come later. */
export class EventFeed {
  readonly #listeners = new Set<(event: LedgerEvent) => void>()
  readonly #closing = new AbortController()
  #latest: LedgerEvent[] = []

  constructor() {
    // As many listen as watch; how many may is for whoever lets them in to say.
    setMaxListeners(0, this.#closing.signal)
  }

  publish(event: LedgerEvent): void {
    this.#latest = [...this.#latest.slice(-(kept - 1)), event]
    for (const listener of this.#listeners) listener(event)
  }

  /** Ends every watch: the node is stopping. */
  close(): void {
    this.#closing.abort()
  }

  /** Aborted when the node stops. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** The latest events, oldest first. */
  get latest(): readonly LedgerEvent[] {
    return this.#latest
  }

  /** How many watch. */
  get watchers(): number {
    return this.#listeners.size
  }

  /** Calls `listener` for each event from now on; returns the way to stop. */
  watch(listener: (event: LedgerEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
