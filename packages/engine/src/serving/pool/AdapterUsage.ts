import type { Hex } from '@openledger/protocol'

/** How often an adapter was used, found in the window, missed there, loaded into it, and could not be loaded. */
export type Usage = { uses: number; hits: number; misses: number; loads: number; failures: number }

const none = (): Usage => ({ uses: 0, hits: 0, misses: 0, loads: 0, failures: 0 })

/** Counts by adapter in bounded memory: the first ones are counted each on its own, all further ones together. */
export class AdapterUsage {
  readonly #most: number
  readonly #tracked = new Map<Hex, Usage>()
  readonly #other = none()

  /** @param most adapters that are counted on their own */
  constructor(most = 1000) {
    this.#most = most
  }

  add(id: Hex, what: keyof Usage): void {
    let usage = this.#tracked.get(id)
    if (!usage && this.#tracked.size < this.#most) this.#tracked.set(id, (usage = none()))
    ;(usage ?? this.#other)[what] += 1
  }

  /** An adapter's own counts; null when it is not counted on its own. */
  of(id: Hex): Usage | null {
    const usage = this.#tracked.get(id)
    return usage ? { ...usage } : null
  }

  /** All counts; `other` are those of all adapters that are not named. */
  all(): { adapters: (Usage & { id: Hex })[]; other: Usage } {
    return { adapters: [...this.#tracked].map(([id, usage]) => ({ id, ...usage })), other: { ...this.#other } }
  }

  /** Gives an adapter's place to another; its counts go to the rest, so that sums never fall. */
  forget(id: Hex): void {
    const usage = this.#tracked.get(id)
    if (!usage) return
    this.#tracked.delete(id)
    for (const what of Object.keys(usage) as (keyof Usage)[]) this.#other[what] += usage[what]
  }
}
