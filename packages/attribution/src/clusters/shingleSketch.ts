import { clusterPolicy, type ClusterPolicy } from './clusterPolicy.ts'
import type { RecordText } from './RecordText.ts'

/** The final mixing step of MurmurHash3 (public domain, A. Appleby): a permutation of the 32-bit integers. */
function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** FNV-1a over UTF-16 units, mixed. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix32(hash)
}

/** A key of 31 bits for a thing of one kind; different things that share one are compared in vain, no more. */
export function lookupKey(kind: number, value: number): number {
  return mix32(mix32(kind) ^ value) >>> 1
}

/** Hashes of a record's distinct runs of neighbouring characters, words parted by one space; in rising order. */
export function characterShingles({ key }: RecordText, size: number): Uint32Array {
  const text = ` ${key} `
  const all = new Uint32Array(Math.max(0, text.length - size + 1))
  for (let i = 0; i < all.length; i++) {
    let hash = 0x811c9dc5
    for (let d = 0; d < size; d++) hash = Math.imul(hash ^ text.charCodeAt(i + d), 0x01000193)
    all[i] = mix32(hash)
  }
  all.sort()
  let count = 0
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) all[count++] = all[i]!
  return all.slice(0, count)
}

/** Jaccard similarity of two sets in rising order, in permille, rounded down. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let shared = 0
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) shared++
    if (a[i]! <= b[j]!) {
      if (a[i] === b[j]) j++
      i++
    } else j++
  }
  const total = a.length + b.length - shared
  return total === 0 ? 1000 : Math.floor((1000 * shared) / total)
}

/** The keys under which near copies of a record are looked up: bands of its MinHash signature (Broder 1997). */
export function minHashKeys(shingles: Uint32Array, policy: ClusterPolicy = clusterPolicy): number[] {
  const size = policy.bands * policy.rows
  const signature = new Uint32Array(size).fill(0xffffffff)
  const seeds = Uint32Array.from({ length: size }, (_, i) => mix32(i + 1))
  for (const hash of shingles) {
    for (let i = 0; i < size; i++) {
      const image = mix32(hash ^ seeds[i]!)
      if (image < signature[i]!) signature[i] = image
    }
  }
  return Array.from({ length: policy.bands }, (_, band) => signature.subarray(band * policy.rows, (band + 1) * policy.rows).reduce((key, value) => mix32(key ^ value), mix32(band)) >>> 1)
}
