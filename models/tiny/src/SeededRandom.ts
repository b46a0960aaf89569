/** A small deterministic generator of pseudo-random numbers (sfc32 by Chris Doty-Humphrey), integers only inside. */
export class SeededRandom {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: number, stream = 0) {
    this.a = seed | 0
    this.b = (seed / 4294967296) | 0
    this.c = stream | 0
    for (let i = 0; i < 16; i += 1) this.next()
  }

  /** A uniform integer in [0, 2³²). */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (this.c << 21) | (this.c >>> 11)
    this.c = (this.c + sum) | 0
    return sum >>> 0
  }

  /** A uniform integer in [0, bound). */
  below(bound: number): number {
    return Math.floor((this.next() / 4294967296) * bound)
  }

  /** A uniform integer in [low, high], both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True once in `outOf` times. */
  oneIn(outOf: number): boolean {
    return this.below(outOf) === 0
  }

  /** True with the given chance in percent. */
  percent(chance: number): boolean {
    return this.below(100) < chance
  }

  /** One item of a list, each equally likely. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  /** One item of a list, the first ones far more likely: low indices are met often, high ones seldom. */
  pickSkewed<T>(items: readonly T[]): T {
    const share = this.next() / 4294967296
    return items[Math.floor(share * share * items.length)]!
  }

  /** `count` different items of a list, in random order. */
  sample<T>(items: readonly T[], count: number): T[] {
    const rest = [...items]
    return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(this.below(rest.length), 1)[0]!)
  }
}
