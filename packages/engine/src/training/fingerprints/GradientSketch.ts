import { mix32 } from './mix32.ts'

const bits = 8192
const rounds = 3
/** Keeps the values of a transform near those it started from: the Hadamard matrix of 2¹³ rows has norm √8192. */
const shrink = 1 / Math.sqrt(bits)

/** Bytes of a gradient's SimHash: 8,192 signs. */
export const simHashBytes = bits / 8

/**
 * Signs of seeded random projections of gradients (SimHash: Charikar 2002): two gradients at angle φ differ in a share φ/π of 8,192 bits, ± 0.55 %.
 *
 * The projections are structured, since 8,192 dense ones of millions of parameters would cost more than training: every parameter goes with a random
 * sign into one of 8,192 buckets (a sparse Johnson-Lindenstrauss map), which then pass three times through random signs and a Walsh-Hadamard
 * transform (Andoni et al. 2015). All signs and buckets are functions of the seed and a counter, so anyone finds the same projections.
 */
export class GradientSketch {
  /** Per parameter: its bucket, and its sign in bit 13. */
  private readonly places: Uint16Array
  private readonly signs: Uint8Array
  private readonly buckets = new Float64Array(bits)

  /** @param size parameters of a gradient; @param seed unsigned 32-bit integer */
  constructor(size: number, seed: number) {
    const key = mix32(seed ^ 0x6c0b7d41)
    this.places = new Uint16Array(size)
    for (let i = 0; i < size; i++) this.places[i] = mix32(mix32(i) ^ key) & 0x3fff
    const signKey = mix32(seed ^ 0x1f83d9ab)
    this.signs = new Uint8Array(rounds * bits)
    for (let i = 0; i < this.signs.length; i++) this.signs[i] = mix32(mix32(i) ^ signKey) & 1
  }

  /** The SimHash of one gradient, least significant bit first. A gradient of zeros gives zeros. */
  hash(gradient: Float32Array): Uint8Array {
    const { places, buckets, signs } = this
    buckets.fill(0)
    for (let i = 0; i < gradient.length; i++) {
      const place = places[i]
      buckets[place & 0x1fff] += place & 0x2000 ? -gradient[i] : gradient[i]
    }
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < bits; i++) buckets[i] = signs[round * bits + i] ? -buckets[i] * shrink : buckets[i] * shrink
      walshHadamard(buckets)
    }
    const out = new Uint8Array(simHashBytes)
    for (let i = 0; i < bits; i++) if (buckets[i] > 0) out[i >> 3] |= 1 << (i & 7)
    return out
  }
}

/** The Walsh-Hadamard transform in place; the length is a power of two. */
function walshHadamard(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let from = 0; from < values.length; from += 2 * half) {
      for (let i = from; i < from + half; i++) {
        const [a, b] = [values[i], values[i + half]]
        values[i] = a + b
        values[i + half] = a - b
      }
    }
  }
}
