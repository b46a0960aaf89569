import { buildSpanIndex, buildSpanShards, defaultShardSymbols, readAttribution, readInfluenceTable, readQueryVector, readShardList, SpanFinder, soleShard, wordStarts, type AttributionDocument, type InfluenceTable, type QueryVector, type SpanShards } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import { digestOfCid, type Hex, type ReceiptBundle } from '@openledger/protocol'
import type { AuditedRun } from './AuditedRun.ts'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import { expectEqual, falseClaim } from '../report/Auditor.ts'

/** The claims of one attribution and the public files that they are recomputed from. */
export type AttributionEvidence = {
  document: AttributionDocument
  table: InfluenceTable
  /** The query vector as the node published it. */
  published: QueryVector
  /** Over the index rebuilt from the records, without those revoked before the answer. */
  finder: SpanFinder
  wordStarts: Uint8Array
}

const tables = new WeakMap<AuditedRun, Promise<InfluenceTable>>()
const indexes = new WeakMap<AuditedRun, Promise<SpanShards>>()

/** The run's influence table, read once. */
export function tableOf(run: AuditedRun, content: ContentStore): Promise<InfluenceTable> {
  const known = tables.get(run) ?? content.get(run.manifest.influenceTable).then(readInfluenceTable)
  tables.set(run, known)
  known.catch(() => tables.delete(run))
  return known
}

/** The span index as it follows from the run's records, built once; divided where the published one is. */
export function indexOf(run: AuditedRun, content: ContentStore): Promise<SpanShards> {
  const known = indexes.get(run) ?? rebuildIndex(run, content)
  indexes.set(run, known)
  known.catch(() => indexes.delete(run))
  return known
}

/** Where records are divided says nothing about them: the published list may choose it, and spans come out the same. */
async function rebuildIndex({ manifest, corpus }: AuditedRun, content: ContentStore): Promise<SpanShards> {
  const { spanRecords, contributors } = corpus!
  const symbols = spanRecords.reduce((sum, { prompt, completion }) => sum + prompt.length + completion.length + 2, 0)
  const whole = symbols <= defaultShardSymbols ? soleShard(buildSpanIndex(spanRecords, contributors)) : undefined
  if (whole?.hash === digestOfCid(manifest.spanIndex)) return whole
  const list = readShardList(await content.get(manifest.spanIndex))
  const counts = list?.shards.map(({ records }) => records) ?? [spanRecords.length]
  if (counts.reduce((sum, count) => sum + count, 0) !== spanRecords.length) return falseClaim(`the shards of the span index do not hold the run's ${spanRecords.length} records`)
  return list === undefined && whole ? whole : buildSpanShards(spanRecords, contributors, counts)
}

/** The records of a run that were revoked before a time. */
export const revokedBefore = ({ revoked }: AuditedRun, time: bigint): Set<Hex> => new Set([...revoked].filter(([, at]) => at <= time).map(([id]) => id))

/** Reads what an attribution is recomputed from. The files must be those that the document and the bundle name. */
export async function readAttributionEvidence(bundle: ReceiptBundle, run: AuditedRun, content: ContentStore, engine: AuditEngine): Promise<AttributionEvidence> {
  const document = readAttribution(bundle.attribution as object)
  if (bundle.queryVector === null) return falseClaim('the bundle names no query vector')
  expectEqual('query vector', document.queryHash, digestOfCid(bundle.queryVector))
  return {
    document,
    table: await tableOf(run, content),
    published: readQueryVector(await content.get(bundle.queryVector)),
    finder: new SpanFinder(await indexOf(run, content), revokedBefore(run, bundle.receipt.statement.time)),
    wordStarts: wordStarts(await engine.host.pieces(bundle.answer.tokens)),
  }
}
