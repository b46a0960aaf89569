import type { RecordFingerprint, TrainingExample } from '@openledger/engine'
import { snapshotCorpus, type CorpusRecord, type CorpusTokenizer } from '../corpus/snapshotCorpus.ts'
import type { ClusterEvidence } from './ClusterRecord.ts'
import { quantizeEmbedding } from './modelEvidence.ts'

/** What takes the fingerprints: an engine, whose thread they occupy. */
export type FingerprintSource = { fingerprints(examples: readonly TrainingExample[], options?: { signal?: AbortSignal }): Promise<RecordFingerprint[]> }

/**
 * What the base model makes of each record of a run, copies too: the evidence by which `findClusters` tells paraphrases. A record whose question
 * alone is longer than training takes has evidence of zeros, which is near to nothing.
 * @param maxLength longest example in tokens
 * @throws like `snapshotCorpus`, and errors of the engine
 */
export async function clusterEvidence(records: readonly CorpusRecord[], tokenizer: CorpusTokenizer, maxLength: number, engine: FingerprintSource, signal?: AbortSignal): Promise<ClusterEvidence[]> {
  const { examples } = await snapshotCorpus(records.map((record) => ({ ...record, weight: 1 })), tokenizer, maxLength)
  const learned = examples.filter(({ tokens, supervisedFrom }) => supervisedFrom < tokens.length)
  const fingerprints = learned.length === 0 ? [] : await engine.fingerprints(learned, { signal })
  const width = fingerprints[0]?.embedding.length ?? 0
  const found = new Map(learned.map((example, i) => [example, fingerprints[i]!]))
  return examples.map((example) => {
    const fingerprint = found.get(example)
    return fingerprint ? { simhash: fingerprint.simhash, embedding: quantizeEmbedding(fingerprint.embedding) } : { simhash: new Uint8Array(1024), embedding: new Int8Array(width) }
  })
}
