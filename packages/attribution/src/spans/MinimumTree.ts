const fanBits = 5
const fan = 1 << fanBits

/**
 * Finds the nearest smaller value to either side: minima over 32 values, over 32 of those, and so on. Linear build, one word in 31
 * of memory, at most 64 steps per level and query. Keeps `values` by reference.
 */
export class MinimumTree {
  /** The values, then the minima of each level. */
  readonly #levels: Int32Array[]

  constructor(values: Int32Array) {
    this.#levels = [values]
    for (let below = values; below.length > fan; below = this.#levels.at(-1)!) {
      const level = new Int32Array(Math.ceil(below.length / fan))
      for (let b = 0; b < level.length; b++) {
        const end = Math.min(below.length, (b + 1) * fan)
        let least = below[b * fan]
        for (let i = b * fan + 1; i < end; i++) if (below[i] < least) least = below[i]
        level[b] = least
      }
      this.#levels.push(level)
    }
  }

  /** The largest place ≤ `at` whose value is below `bound`, or −1. */
  lastBelow(at: number, bound: number): number {
    const levels = this.#levels
    let place = at
    for (let k = 0; k < levels.length; k++) {
      const values = levels[k]
      const first = place & -fan
      for (let i = place; i >= first; i--) {
        if (values[i] < bound) return this.#descendLast(k, i, bound)
      }
      if (first === 0) return -1
      place = (first >> fanBits) - 1
    }
    return -1
  }

  /** The smallest place ≥ `at` whose value is below `bound`, or −1. */
  firstBelow(at: number, bound: number): number {
    const levels = this.#levels
    let place = at
    for (let k = 0; k < levels.length; k++) {
      const values = levels[k]
      const end = Math.min(values.length, (place | (fan - 1)) + 1)
      for (let i = place; i < end; i++) {
        if (values[i] < bound) return this.#descendFirst(k, i, bound)
      }
      if (end === values.length) return -1
      place = end >> fanBits
    }
    return -1
  }

  #descendLast(level: number, at: number, bound: number): number {
    let place = at
    for (let k = level - 1; k >= 0; k--) {
      const values = this.#levels[k]
      place = Math.min(values.length, (place + 1) << fanBits) - 1
      while (values[place] >= bound) place--
    }
    return place
  }

  #descendFirst(level: number, at: number, bound: number): number {
    let place = at
    for (let k = level - 1; k >= 0; k--) {
      const values = this.#levels[k]
      place <<= fanBits
      while (values[place] >= bound) place++
    }
    return place
  }
}
