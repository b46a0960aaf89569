import { fail } from '@openledger/protocol'
import type { ClusterEvidence } from './ClusterRecord.ts'
import { clusterPolicy, type ClusterPolicy } from './clusterPolicy.ts'
import { lookupKey } from './shingleSketch.ts'

const simHashBytes = 1024

/** Number of bits set, by byte. */
const ones = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

/** Rounds an embedding of length one to integers within ±127, so that everyone who reads it computes the same. */
export function quantizeEmbedding(embedding: Float32Array): Int8Array {
  const largest = embedding.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  return Int8Array.from(embedding, (value) => Math.round((value / largest) * 127))
}

/** Cosine of two gradients as their SimHashes tell it: cos(π · differing bits / bits), in permille. */
export function gradientCosine(a: Uint8Array, b: Uint8Array): number {
  let different = 0
  for (let i = 0; i < a.length; i++) different += ones[a[i]! ^ b[i]!]!
  return Math.floor(1000 * Math.cos((Math.PI * different) / (8 * a.length)))
}

/** Cosine of two embeddings of integers, in permille; 0 with one of zeros. */
export function embeddingCosine(a: Int8Array, b: Int8Array): number {
  let [dot, left, right] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!
    left += a[i]! * a[i]!
    right += b[i]! * b[i]!
  }
  return left === 0 || right === 0 ? 0 : Math.floor((1000 * dot) / Math.sqrt(left * right))
}

/** The keys under which records of near gradients are looked up: bands of neighbouring bits. The bits are random projections, so any will do. */
export function simHashKeys(simhash: Uint8Array, policy: ClusterPolicy = clusterPolicy): number[] {
  return Array.from({ length: policy.simHashBands }, (_, band) => {
    let key = 0
    for (let k = 0, bit = band * policy.simHashBits; k < policy.simHashBits; k++, bit++) key = key * 2 + ((simhash[bit >> 3]! >> (bit & 7)) & 1)
    return lookupKey(0x10000 + band, key)
  })
}

/** Checks that evidence is there for every record and of one shape. @throws InputError BAD_EVIDENCE */
export function checkEvidence(evidence: readonly ClusterEvidence[], records: number): void {
  if (evidence.length !== records) fail('BAD_EVIDENCE', `there is evidence of ${evidence.length} records, not of ${records}`, { field: 'evidence', fix: 'give one fingerprint for each record, in order' })
  evidence.forEach(({ simhash, embedding }, i) => {
    if (simhash.length !== simHashBytes) fail('BAD_EVIDENCE', `evidence ${i} has ${simhash.length} bytes of gradient signs, not ${simHashBytes}`, { field: `evidence[${i}].simhash` })
    if (embedding.length !== evidence[0]!.embedding.length) fail('BAD_EVIDENCE', `evidence ${i} has an embedding of ${embedding.length} numbers, the first one of ${evidence[0]!.embedding.length}`, { field: `evidence[${i}].embedding` })
  })
}
