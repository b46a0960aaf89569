const kept = 64

/** How long loads took: how many there were, and the last ones in milliseconds. */
export class LoadTimes {
  readonly #recent: number[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  /** The last 64 at most, in no order. */
  get recent(): number[] {
    return [...this.#recent]
  }

  add(ms: number): void {
    this.#recent[this.#count % kept] = ms
    this.#count += 1
  }
}
