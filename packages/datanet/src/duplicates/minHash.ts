/** The final mixing step of MurmurHash3 (public domain, A. Appleby): a permutation of the 32-bit integers. */
function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** FNV-1a over UTF-16 units, mixed: a 32-bit hash of a shingle. Equal on every machine. */
export function shingleHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix32(hash)
}

/**
 * The MinHash signature of a set (Broder 1997): for each of `size` fixed permutations of the 32-bit integers, the least image.
 * Two sets agree in one place with a probability equal to their Jaccard similarity.
 * @param hashes one 32-bit hash for each member
 */
export function minHash(hashes: Iterable<number>, size: number): Uint32Array {
  const signature = new Uint32Array(size).fill(0xffffffff)
  for (const hash of hashes) {
    for (let i = 0; i < size; i++) {
      const image = mix32(hash ^ mix32(i + 1))
      if (image < signature[i]!) signature[i] = image
    }
  }
  return signature
}

/** The bucket key of each band of a signature; equal bands have equal keys. */
export function bandKeys(signature: Uint32Array, bands: number, rows: number): string[] {
  return Array.from({ length: bands }, (_, band) => `${band}:${signature.subarray(band * rows, (band + 1) * rows).join('.')}`)
}
