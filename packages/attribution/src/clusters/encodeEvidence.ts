import { ByteReader } from '../binary/ByteReader.ts'
import { ByteWriter } from '../binary/ByteWriter.ts'
import type { ClusterEvidence } from './ClusterRecord.ts'
import { checkEvidence } from './modelEvidence.ts'

const magic = 'OLEVID01'
const simHashBytes = 1024

/** Writes the model's evidence of a run's records: magic, counts of records and of numbers per embedding (u32, little-endian), then per record 1,024 bytes of gradient signs and the embedding. */
export function encodeEvidence(evidence: readonly ClusterEvidence[]): Uint8Array {
  checkEvidence(evidence, evidence.length)
  const width = evidence[0]?.embedding.length ?? 0
  const out = new ByteWriter(16 + evidence.length * (simHashBytes + width))
  out.magic(magic)
  out.u32(evidence.length)
  out.u32(width)
  for (const { simhash, embedding } of evidence) {
    out.raw(simhash)
    out.raw(embedding)
  }
  return out.bytes
}

/** Reads the model's evidence. @throws StorageError BAD_FILE when it is damaged */
export function readEvidence(bytes: Uint8Array): ClusterEvidence[] {
  const reader = new ByteReader(bytes, 'evidence of clusters')
  reader.magic(magic)
  const [count, width] = [reader.u32(), reader.u32()]
  if (bytes.length !== 16 + count * (simHashBytes + width)) reader.refuse(`${count} records of ${width} numbers do not take ${bytes.length} bytes`)
  const out = Array.from({ length: count }, () => ({ simhash: reader.bytes(simHashBytes), embedding: reader.int8(width) }))
  reader.finish()
  return out
}
