/** What one prompt token counts, in virtual tokens: reading is cheaper than writing (the weights of Sheng et al. 2024). */
export const promptWeight = 1
/** What one generated token counts, in virtual tokens. */
export const answerWeight = 2

/** Keys that nobody waits for are forgotten above this many; the lightest first, which loses them the least. */
const mostIdle = 4096

/**
 * Virtual token counters: how much each key (a payer, or an adapter of a payer) was served, in weighted tokens. Whoever has the
 * smallest counter among those that wait is next. A key that comes back after a pause is lifted to the level, which is the largest
 * value that the smallest waiting counter ever had, less a credit: what it left unused counts for it up to that much, so that a payer of
 * few requests need not wait behind one of many because two of its own came together. No waiting counter is further below the level
 * than the credit. Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024, algorithm 2, where the credit is nothing.
 */
export class FairShare {
  readonly #counters = new Map<string, number>()
  readonly #waiting = new Map<string, number>()
  readonly #credit: number
  #level = 0
  #lastKey: string | null = null

  /** @param credit in virtual tokens */
  constructor(credit: number) {
    this.#credit = credit
  }

  /** One more request of `key` waits. */
  join(key: string): void {
    this.#level = this.level
    const waiting = this.#waiting.get(key) ?? 0
    if (waiting === 0) {
      this.#counters.set(key, this.lifted(key))
      this.#trim()
    }
    this.#waiting.set(key, waiting + 1)
  }

  /** One request of `key` waits no more: it is being served, or was dropped. */
  leave(key: string): void {
    this.#level = this.level
    const waiting = (this.#waiting.get(key) ?? 0) - 1
    if (waiting > 0) this.#waiting.set(key, waiting)
    else this.#waiting.delete(key)
    this.#lastKey = key
  }

  /** Books service, in virtual tokens. */
  charge(key: string, tokens: number): void {
    this.#counters.set(key, this.counter(key) + tokens)
  }

  counter(key: string): number {
    return this.#counters.get(key) ?? 0
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#counters.size
  }

  /** The counter that `key` has, or would have if a request of it came now. */
  lifted(key: string): number {
    const counter = this.counter(key)
    return this.#waiting.has(key) ? counter : Math.max(counter, this.level - this.#credit)
  }

  /** The largest value that the smallest waiting counter had so far; while none waits, that of the key that waited last. */
  get level(): number {
    const { least } = this
    return Math.max(this.#level, least < Infinity ? least : this.#lastKey === null ? 0 : this.counter(this.#lastKey))
  }

  /** The smallest counter of a key that waits; Infinity while none does. */
  get least(): number {
    let least = Infinity
    for (const key of this.#waiting.keys()) least = Math.min(least, this.counter(key))
    return least
  }

  #trim(): void {
    if (this.#counters.size <= mostIdle + this.#waiting.size) return
    const idle = [...this.#counters].filter(([key]) => !this.#waiting.has(key)).sort(([, a], [, b]) => a - b)
    for (const [key] of idle.slice(0, mostIdle / 2)) this.#counters.delete(key)
  }
}
