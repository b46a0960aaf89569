/**
 * A small seeded generator (sfc32) for initial weights and orderings; the same seed gives the same numbers everywhere.
 * Its state can be saved and restored, so that a resumed run draws what the uninterrupted run would have drawn.
 */
export class Random {
  private a = 0
  private b = 0
  private c = 0
  private d = 1

  constructor(seed: number, stream = 0) {
    this.a = seed >>> 0
    this.b = stream >>> 0
    this.c = Math.floor(seed / 2 ** 32) >>> 0
    for (let i = 0; i < 16; i++) this.nextUint32()
  }

  nextUint32(): number {
    const t = (this.a + this.b + this.d) | 0
    this.d = (this.d + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + t | 0
    return t >>> 0
  }

  /** Uniform in [0, 1) with 32 bits. */
  uniform(): number {
    return this.nextUint32() / 2 ** 32
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    const u = (this.nextUint32() + 1) / (2 ** 32 + 1)
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.uniform())
  }

  /** Uniform integer in [0, n), n ≤ 2³², without modulo bias. */
  below(n: number): number {
    const limit = Math.floor(2 ** 32 / n) * n
    for (;;) {
      const x = this.nextUint32()
      if (x < limit) return x % n
    }
  }

  /** A random order of 0…n−1 (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n)
    for (let i = 0; i < n; i++) order[i] = i
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const t = order[i]
      order[i] = order[j]
      order[j] = t
    }
    return order
  }
}
