/** Most that is remembered; the oldest goes first. */
const most = 4096

/** What was added in the last so many milliseconds. */
export class RecentSet {
  readonly #ms: number
  /** When each was added last, the oldest first. */
  readonly #added = new Map<string, number>()

  constructor(ms: number) {
    this.#ms = ms
  }

  /** @param now milliseconds; never goes back */
  add(item: string, now: number): void {
    this.#added.delete(item)
    this.#added.set(item, now)
    for (const [oldest, at] of this.#added) {
      if (at > now - this.#ms && this.#added.size <= most) return
      this.#added.delete(oldest)
    }
  }

  has(item: string, now: number): boolean {
    const at = this.#added.get(item)
    return at !== undefined && at > now - this.#ms
  }
}
