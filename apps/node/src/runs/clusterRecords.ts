import { clusterEvidence, clusterFile, encodeClusterFile, encodeEvidence, findClusters, weighByClusters, type ClusterAppeal, type CorpusRecord, type CorpusTokenizer, type FingerprintSource } from '@openledger/attribution'
import type { ContentStore, SnapshotRecord } from '@openledger/datanet'
import type { Hex } from '@openledger/protocol'
import type { Query } from '../database/Database.ts'

export type ClusterRecordsInput = {
  /** Of all snapshots of the run, in order. */
  records: readonly SnapshotRecord[]
  query: Query
  content: ContentStore
  tokenizer: CorpusTokenizer
  engine: FingerprintSource
  /** Longest example in tokens. */
  maxLength: number
  signal: AbortSignal
}

/** The place of each contribution's commitment on the chain. */
async function commitOrders(query: Query): Promise<Map<string, number>> {
  const rows = await query<{ id: string; place: string }>(`select args->>'contributionId' as id, args->>'order' as place from chain_events where name = 'Datanets.ContributionRevealed'`)
  return new Map(rows.map(({ id, place }) => [id.toLowerCase(), Number(place)]))
}

/** What curators decided of these records. */
async function appealsOf(query: Query, records: readonly SnapshotRecord[]): Promise<ClusterAppeal[]> {
  const rows = await query<{ record_id: Hex; contribution_id: Hex; reason: string; by: string; at: string }>(`select record_id, contribution_id, reason, by, at from record_appeals order by record_id, contribution_id`)
  const here = new Set(records.map(({ recordId, contributionId }) => `${recordId}:${contributionId}`))
  return rows
    .filter((row) => here.has(`${row.record_id}:${row.contribution_id}`))
    .map((row) => ({ recordId: row.record_id, contributionId: row.contribution_id, reason: row.reason, by: row.by, at: Number(row.at) }))
}

/**
 * Gives the records of a run their training weights: one unit for each cluster of copies, to the record committed first; and what of each is trained on. Keeps what was found, and by
 * what evidence, as files that an audit finds again.
 * @returns the records with these weights, and the content id of the cluster file
 */
export async function clusterRecords({ records, query, content, tokenizer, engine, maxLength, signal }: ClusterRecordsInput): Promise<{ records: CorpusRecord[]; clusters: string }> {
  const orders = await commitOrders(query)
  const placed = records.map((record, i) => ({ ...record, order: orders.get(record.contributionId) ?? Number.MAX_SAFE_INTEGER - records.length + i }))
  const appeals = await appealsOf(query, records)
  const evidence = await clusterEvidence(records, tokenizer, maxLength, engine, signal)
  const places = findClusters({ records: placed, evidence, appeals })
  const file = clusterFile(placed, places, appeals, await content.put(encodeEvidence(evidence)))
  return { records: weighByClusters(placed, places), clusters: await content.put(encodeClusterFile(file)) }
}
