/**
 * Decides what to evict from a cache whose entries differ in size, in how often they are used and in what it costs to bring them back:
 * GreedyDual-Size-Frequency (L. Cherkasova, "Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency Caching Policy",
 * HPL-98-69, 1998). An entry's priority is `clock + frequency * cost / size` when it is used; the lowest is evicted and sets the clock,
 * so that what was once popular ages by every eviction.
 */
export class GreedyDual<Key> {
  #clock = 0
  /** Used longest ago first, which decides between equal priorities. */
  readonly #priorities = new Map<Key, number>()

  get clock(): number {
    return this.#clock
  }

  get size(): number {
    return this.#priorities.size
  }

  keys(): IterableIterator<Key> {
    return this.#priorities.keys()
  }

  has(key: Key): boolean {
    return this.#priorities.has(key)
  }

  /** Takes in an entry, or notes that it was used. @param cost any unit, the same for all @param size above 0 */
  touch(key: Key, frequency: number, cost: number, size: number): void {
    this.#priorities.delete(key)
    this.#priorities.set(key, this.#clock + (frequency * cost) / size)
  }

  /** Forgets an entry that had to make room; all others age. */
  evict(key: Key): void {
    this.#clock = Math.max(this.#clock, this.#priorities.get(key) ?? 0)
    this.#priorities.delete(key)
  }

  /** Forgets an entry that left for another reason. */
  forget(key: Key): void {
    this.#priorities.delete(key)
  }

  /** The entry to evict next among those that may be. */
  lowest(mayEvict: (key: Key) => boolean): Key | undefined {
    let [best, bestPriority]: [Key | undefined, number] = [undefined, Infinity]
    for (const [key, priority] of this.#priorities) if (priority < bestPriority && mayEvict(key)) [best, bestPriority] = [key, priority]
    return best
  }

  /** All entries that may be evicted, the first to go first. */
  ascending(mayEvict: (key: Key) => boolean): Key[] {
    const keys = [...this.#priorities.keys()].filter(mayEvict)
    return keys.sort((a, b) => this.#priorities.get(a)! - this.#priorities.get(b)!)
  }

  priorityOf(key: Key): number {
    return this.#priorities.get(key) ?? -Infinity
  }
}
