import { clusterEvidence, clusterFileSchema, encodeEvidence, fileHash, readEvidence, verifyClusterFile, weighByClusters } from '@openledger/attribution'
import type { ContentStore, SnapshotRecord } from '@openledger/datanet'
import { digestOfCid, readArtefact, type Hex, type RunManifest } from '@openledger/protocol'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import { expectEqual, Skipped } from '../report/Auditor.ts'

/**
 * Finds the copies among a run's records again, from the evidence that was published.
 * @param clusters content id of the run's cluster file
 * @param orders each contribution's place in the chain's order of commitment
 * @returns the records with the training weights that follow, and a line for the report
 */
export async function checkClusters(clusters: string, records: readonly SnapshotRecord[], orders: ReadonlyMap<Hex, bigint>, content: ContentStore): Promise<{ weighed: (SnapshotRecord & { taught: string })[]; line: string }> {
  const bytes = await content.get(clusters)
  const { evidence } = readArtefact(clusterFileSchema, bytes)
  const placed = records.map((record) => ({ ...record, order: Number(orders.get(record.contributionId) ?? 0n) }))
  const { file, places } = verifyClusterFile(bytes, placed, evidence === null ? undefined : readEvidence(await content.get(evidence)))
  const appeals = file.appeals.length > 0 ? `; ${file.appeals.length} stand apart by a curator's word` : ''
  return { weighed: weighByClusters(placed, places), line: `${file.copies.length} copies found again from the published evidence${appeals}` }
}

/** Asks the model again for the evidence on which a run's clusters stand, and compares it bit for bit. Only within the run's numerics profile. */
export async function checkClusterEvidence(manifest: RunManifest, records: readonly SnapshotRecord[], content: ContentStore, engine: AuditEngine, maxLength: number): Promise<string | Skipped> {
  if (manifest.clusters === undefined) return new Skipped('this run is from before clusters')
  if (engine.info.profileHash !== manifest.run.statement.profileHash) return new Skipped('this machine computes under another numerics profile')
  const { evidence } = readArtefact(clusterFileSchema, await content.get(manifest.clusters))
  if (evidence === null) return new Skipped('the model was not asked')
  const measured = await clusterEvidence(records, engine.tokenizer, Math.min(maxLength, engine.info.config.context + 1), engine.host)
  expectEqual('evidence of clusters', digestOfCid(evidence), fileHash(encodeEvidence(measured)))
  return `gradients and embeddings of ${records.length} records, bit for bit`
}
