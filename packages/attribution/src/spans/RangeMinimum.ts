const blockBits = 5
const blockSize = 1 << blockBits

/**
 * Range minimum over a fixed array: minima of blocks of 32 in a sparse table, the ends by a short scan.
 * Linear build up to a factor of log(n)/32; at most 64 + 2 steps per query. Keeps `values` by reference.
 */
export class RangeMinimum {
  readonly values: Int32Array
  /** levels[k][b] is the index of the minimum over the blocks b … b + 2^k − 1. */
  readonly #levels: Int32Array[]

  constructor(values: Int32Array) {
    this.values = values
    const blocks = Math.ceil(values.length / blockSize)
    const first = new Int32Array(blocks)
    for (let b = 0; b < blocks; b++) first[b] = this.#scan(b * blockSize, Math.min(values.length, (b + 1) * blockSize))
    this.#levels = [first]
    for (let width = 2; width <= blocks; width *= 2) {
      const last = this.#levels.at(-1)!
      const level = new Int32Array(blocks - width + 1)
      for (let b = 0; b < level.length; b++) level[b] = this.#better(last[b], last[b + width / 2])
      this.#levels.push(level)
    }
  }

  #better(a: number, b: number): number {
    return this.values[b] < this.values[a] ? b : a
  }

  #scan(lo: number, hi: number): number {
    const { values } = this
    let best = lo
    for (let i = lo + 1; i < hi; i++) if (values[i] < values[best]) best = i
    return best
  }

  /** The leftmost index of a smallest value in [lo, hi), hi > lo. */
  argmin(lo: number, hi: number): number {
    const from = (lo + blockSize - 1) >> blockBits
    const to = hi >> blockBits
    if (from >= to) return this.#scan(lo, hi)
    const k = 31 - Math.clz32(to - from)
    const level = this.#levels[k]
    let best = this.#better(level[from], level[to - (1 << k)])
    if (lo < from << blockBits) best = this.#better(this.#scan(lo, from << blockBits), best)
    if (to << blockBits < hi) best = this.#better(best, this.#scan(to << blockBits, hi))
    return best
  }
}
