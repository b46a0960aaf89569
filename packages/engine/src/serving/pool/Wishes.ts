import type { Hex } from '@openledger/protocol'

const mostWishes = 1024

/**
 * Which adapters are wanted in the window, and how urgently: those that the queue names, the first the most; then those that were asked
 * for and not there, in the order of asking. An asked one stays wanted until it is taken, or for a while after it arrived.
 */
export class Wishes {
  readonly #keepMs: number
  readonly #queued = new Map<Hex, number>()
  readonly #asked = new Map<Hex, { order: number; until: number }>()
  #order = mostWishes

  /** @param keepMs how long an adapter that arrived is kept for who asked for it */
  constructor(keepMs: number) {
    this.#keepMs = keepMs
  }

  /** What the queue wants next, the most urgent first; takes the place of what it wanted before. */
  queue(ids: readonly Hex[]): void {
    this.#queued.clear()
    for (const id of ids) {
      if (this.#queued.size >= mostWishes) return
      if (!this.#queued.has(id)) this.#queued.set(id, this.#queued.size)
    }
  }

  ask(id: Hex): void {
    if (!this.#asked.has(id)) this.#asked.set(id, { order: this.#order++, until: Infinity })
  }

  asked(id: Hex): boolean {
    return this.#asked.has(id)
  }

  /** The adapter is in the window now. */
  arrived(id: Hex, now: number): void {
    const wish = this.#asked.get(id)
    if (wish) wish.until = now + this.#keepMs
  }

  /** The adapter was taken, or cannot come. */
  settle(id: Hex): void {
    this.#asked.delete(id)
  }

  /** The adapter exists no more. */
  forget(id: Hex): void {
    this.#asked.delete(id)
    this.#queued.delete(id)
  }

  /** Smaller is more urgent; infinite when nobody wants it. */
  rank(id: Hex, now: number): number {
    const queued = this.#queued.get(id)
    if (queued !== undefined) return queued
    const wish = this.#asked.get(id)
    if (!wish) return Infinity
    if (wish.until >= now) return wish.order
    this.#asked.delete(id)
    return Infinity
  }

  /** All that are wanted, the most urgent first. */
  get all(): Hex[] {
    return [...this.#queued.keys(), ...[...this.#asked.keys()].filter((id) => !this.#queued.has(id))]
  }
}
