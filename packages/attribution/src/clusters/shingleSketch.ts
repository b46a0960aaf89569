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

/** Hashes of a record's distinct runs of neighbouring characters, words parted by one space. */
export function characterShingles({ key }: RecordText, size: number): Set<number> {
  const out = new Set<number>()
  const text = ` ${key} `
  for (let i = 0; i + size <= text.length; i++) out.add(textHash(text.slice(i, i + size)))
  return out
}

/** Jaccard similarity of two sets, in permille, rounded down. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let shared = 0
  for (const member of small) if (large.has(member)) shared++
  const total = a.size + b.size - shared
  return total === 0 ? 1000 : Math.floor((1000 * shared) / total)
}

/** The keys under which near copies of a record are looked up: bands of its MinHash signature (Broder 1997). */
export function minHashKeys(shingles: ReadonlySet<number>, policy: ClusterPolicy = clusterPolicy): string[] {
  const size = policy.bands * policy.rows
  const signature = new Uint32Array(size).fill(0xffffffff)
  const seeds = Array.from({ length: size }, (_, i) => mix32(i + 1))
  for (const hash of shingles) {
    for (let i = 0; i < size; i++) {
      const image = mix32(hash ^ seeds[i]!)
      if (image < signature[i]!) signature[i] = image
    }
  }
  return Array.from({ length: policy.bands }, (_, band) => `m${band}:${signature.subarray(band * policy.rows, (band + 1) * policy.rows).join('.')}`)
}
