const bytesOfHash = 1024

/** Number of bits set in a 32-bit word. */
function ones(word: number): number {
  word -= (word >>> 1) & 0x55555555
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333)
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

const wordsOf = (hash: Uint8Array): Uint32Array => new Uint32Array(hash.slice().buffer)

/** SimHashes one after the other, for distances to many at once. */
export class HashTable {
  readonly count: number
  readonly #words: Uint32Array

  /** @param hashes 1,024 bytes each; copied */
  constructor(hashes: readonly Uint8Array[]) {
    this.count = hashes.length
    const bytes = new Uint8Array(bytesOfHash * hashes.length)
    hashes.forEach((hash, i) => bytes.set(hash, i * bytesOfHash))
    this.#words = new Uint32Array(bytes.buffer)
  }

  /** Bits by which each hash differs from one; 8,192 at most. */
  distances(hash: Uint8Array): Uint16Array {
    const own = wordsOf(hash)
    const out = new Uint16Array(this.count)
    for (let k = 0, at = 0; k < this.count; k++) {
      let different = 0
      for (let i = 0; i < own.length; i++) different += ones(this.#words[at++] ^ own[i])
      out[k] = different
    }
    return out
  }

  /**
   * The hashes nearest to one, nearest first, equal ones in their order.
   * @param isWanted which places may be named; default all
   */
  nearest(hash: Uint8Array, limit: number, isWanted: (place: number) => boolean = () => true): { place: number; distance: number }[] {
    const found: { place: number; distance: number }[] = []
    this.distances(hash).forEach((distance, place) => {
      if (isWanted(place)) found.push({ place, distance })
    })
    return found.sort((a, b) => a.distance - b.distance || a.place - b.place).slice(0, limit)
  }
}

/** Cosine of two gradients whose hashes differ in so many of 8,192 bits: cos(π · share). */
export const cosineOfDistance = (distance: number): number => Math.cos((Math.PI * distance) / (8 * bytesOfHash))
