import { HashTable, readEvidence, snapshotCorpus, type CorpusTokenizer, type DrillDownRecords } from '@openledger/attribution'
import { readSnapshotFile, type ContentStore, type SnapshotRecord } from '@openledger/datanet'
import { readArtefact, type Hex, type RunManifest } from '@openledger/protocol'
import { z } from 'zod'

/** The records of a run with their published fingerprints, and their words. */
export type RunRecords = DrillDownRecords & { words: ReadonlyMap<Hex, Pick<SnapshotRecord, 'prompt' | 'completion'>> }

const named = z.object({ evidence: z.string().nullable() })

/** The longest example that the run's training took, one token more for the end of the turn. */
const maxLengthOf = ({ recipe }: RunManifest): number => {
  const length = (recipe as { maxLength?: unknown } | null)?.maxLength
  return typeof length === 'number' ? length + 1 : 257
}

/** Reads the records of a run and the SimHash of each; null for a run that published none. */
export async function readRunRecords(content: ContentStore, manifest: RunManifest, tokenizer: CorpusTokenizer): Promise<RunRecords | null> {
  if (manifest.clusters === undefined) return null
  const { evidence } = readArtefact(named, await content.get(manifest.clusters))
  if (evidence === null) return null
  const records: SnapshotRecord[] = []
  for (const { cid } of manifest.snapshots) records.push(...readSnapshotFile(await content.get(cid)).records)
  const hashes = readEvidence(await content.get(evidence)).map(({ simhash }) => simhash)
  return {
    ids: records.map((r) => r.recordId),
    contributors: records.map((r) => r.contributor),
    hashes: new HashTable(hashes),
    words: new Map(records.map(({ recordId, prompt, completion }) => [recordId, { prompt, completion }])),
    async example(place) {
      const { examples } = await snapshotCorpus([{ ...records[place]!, weight: 1 }], tokenizer, maxLengthOf(manifest))
      return examples[0]!
    },
  }
}
