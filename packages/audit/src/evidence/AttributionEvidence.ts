import { buildSpanIndex, readAttribution, readInfluenceTable, readQueryVector, SpanFinder, wordStarts, type AttributionDocument, type InfluenceTable, type QueryVector, type SpanIndex } from '@openledger/attribution'
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
const indexes = new WeakMap<AuditedRun, SpanIndex>()

/** The run's influence table, read once. */
export function tableOf(run: AuditedRun, content: ContentStore): Promise<InfluenceTable> {
  const known = tables.get(run) ?? content.get(run.manifest.influenceTable).then(readInfluenceTable)
  tables.set(run, known)
  known.catch(() => tables.delete(run))
  return known
}

/** The span index as it follows from the run's records, built once. */
export function indexOf(run: AuditedRun): SpanIndex {
  const known = indexes.get(run) ?? buildSpanIndex(run.corpus!.spanRecords, run.corpus!.contributors)
  indexes.set(run, known)
  return known
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
    finder: new SpanFinder(indexOf(run), revokedBefore(run, bundle.receipt.statement.time)),
    wordStarts: wordStarts(await engine.host.pieces(bundle.answer.tokens)),
  }
}
