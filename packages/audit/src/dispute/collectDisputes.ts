import { readSpanShards } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import { readSnapshotFile } from '@openledger/datanet'
import { digestOfCid, type ReceiptBundle } from '@openledger/protocol'
import type { AuditedRun } from '../evidence/AuditedRun.ts'
import type { AttributionEvidence } from '../evidence/AttributionEvidence.ts'
import type { ReportedDispute } from '../report/AuditReport.ts'
import { buildClaim, buildDispute, judge, type DisputeRequest } from './buildDispute.ts'
import type { DisputeMaterial } from './DisputeMaterial.ts'
import { findFaults } from './findFaults.ts'

/** Puts together what accusations are made from; the index as it was published when it is another than the records give. */
export async function gatherMaterial(bundle: ReceiptBundle, run: AuditedRun, evidence: AttributionEvidence, content: ContentStore, payer: DisputeMaterial['payer']): Promise<DisputeMaterial> {
  const { document, table, published, finder, wordStarts } = evidence
  const isRebuilt = digestOfCid(run.manifest.spanIndex) === finder.index.hash
  const index = isRebuilt ? finder.index : await readSpanShards(run.manifest.spanIndex, content, { unverified: true })
  const snapshots: DisputeMaterial['snapshots'][number][] = []
  for (const { cid } of run.manifest.snapshots) {
    const { snapshot, records } = readSnapshotFile(await content.get(cid))
    snapshots.push({ statement: snapshot, leaves: records })
  }
  return { bundle, document, table, query: published, index, finder, wordStarts, snapshots, payer }
}

/** The accusations that were asked for, true or not; without any, one for each fault that openings can show. */
export function collectDisputes(material: DisputeMaterial, requests: readonly DisputeRequest[]): ReportedDispute[] {
  const claims = requests.length === 0 ? findFaults(material).map(({ claim }) => claim) : requests.map((request) => buildClaim(material, request))
  return claims.map((claim) => {
    const verdict = judge(material, claim)
    return { proven: verdict.proven, finding: verdict.proven ? verdict.fault : verdict.reason, bundle: buildDispute(material, claim) }
  })
}
