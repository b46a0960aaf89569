const leafBits = 8
const leaf = 1 << leafBits

/**
 * The tree of `EarliestRecords`: per level, `size` ranks per node, best first, −1 where there are fewer; node b of level k covers the
 * stretch b · 2^k of 256 ranks and the 2^k − 1 after it.
 */
export function earliestLevels(count: number, size: number, priorityAt: (rank: number) => number): Int32Array[] {
  const levels: Int32Array[] = []
  const best = new Best(size, priorityAt)
  let level = new Int32Array((count >> leafBits) * size)
  for (let b = 0; b < level.length / size; b++) {
    best.clear()
    for (let rank = b * leaf; rank < (b + 1) * leaf; rank++) best.add(rank)
    best.write(level, b * size)
  }
  while (level.length >= size) {
    levels.push(level)
    const next = new Int32Array(Math.floor(level.length / (2 * size)) * size)
    for (let b = 0; b < next.length; b += size) {
      best.clear()
      for (let i = 2 * b; i < 2 * (b + size); i++) if (level[i] >= 0) best.add(level[i])
      best.write(next, b)
    }
    level = next
  }
  return levels
}

/**
 * The records of highest priority in any range of ranks, each once, in time that does not depend on how many occurrences there are:
 * a tree over stretches of 256 ranks whose nodes know their first few records. One word in about 14 of memory.
 */
export class EarliestRecords {
  readonly #size: number
  readonly #priorityAt: (rank: number) => number
  readonly #levels: readonly Int32Array[]

  /**
   * @param levels from `earliestLevels` with the same arguments
   * @param size how many records a node knows and `find` gives at most
   * @param priorityAt smaller is better; equal for ranks of one record and for no others. Kept: it must stay as it is
   */
  constructor(levels: readonly Int32Array[], size: number, priorityAt: (rank: number) => number) {
    this.#levels = levels
    this.#size = size
    this.#priorityAt = priorityAt
  }

  /** The lowest rank in [lo, hi), hi within their number, of each of the first records, best first. */
  find(lo: number, hi: number): number[] {
    const best = new Best(this.#size, this.#priorityAt)
    let from = Math.min(hi, Math.ceil(lo / leaf) * leaf)
    const to = Math.max(from, Math.floor(hi / leaf) * leaf)
    for (let rank = lo; rank < from; rank++) best.add(rank)
    while (from < to) {
      let k = 0
      while (k + 1 < this.#levels.length && from % (leaf << (k + 1)) === 0 && from + (leaf << (k + 1)) <= to) k++
      const at = (from / (leaf << k)) * this.#size
      for (let i = at; i < at + this.#size; i++) if (this.#levels[k][i] >= 0) best.add(this.#levels[k][i])
      from += leaf << k
    }
    for (let rank = from; rank < hi; rank++) best.add(rank)
    return best.ranks()
  }
}

/** The best records among the ranks added. */
class Best {
  readonly #priorityAt: (rank: number) => number
  readonly #ranks: Int32Array
  readonly #priorities: Int32Array
  #length = 0

  constructor(size: number, priorityAt: (rank: number) => number) {
    this.#priorityAt = priorityAt
    this.#ranks = new Int32Array(size)
    this.#priorities = new Int32Array(size)
  }

  clear(): void {
    this.#length = 0
  }

  add(rank: number): void {
    const priority = this.#priorityAt(rank)
    const size = this.#ranks.length
    if (this.#length === size && priority > this.#priorities[size - 1]) return
    let k = 0
    while (k < this.#length && this.#priorities[k] < priority) k++
    if (k < this.#length && this.#priorities[k] === priority) {
      if (rank < this.#ranks[k]) this.#ranks[k] = rank
      return
    }
    if (this.#length < size) this.#length++
    this.#ranks.copyWithin(k + 1, k, this.#length - 1)
    this.#priorities.copyWithin(k + 1, k, this.#length - 1)
    this.#ranks[k] = rank
    this.#priorities[k] = priority
  }

  write(target: Int32Array, at: number): void {
    target.fill(-1, at, at + this.#ranks.length)
    target.set(this.#ranks.subarray(0, this.#length), at)
  }

  ranks(): number[] {
    return [...this.#ranks.subarray(0, this.#length)]
  }
}
