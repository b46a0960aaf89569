import { z } from 'zod'
import { address, count, hash32 } from '../../artefacts/fields.ts'
import { snapshotSchema } from '../../artefacts/statementSchemas.ts'
import { snapshotId, snapshotsHash } from '../../ids/ids.ts'
import { snapshotLeaf } from '../../merkle/leaves.ts'
import type { Receipt } from '../../statements/messages.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { indexRecordSchema } from '../leaves/indexLeaves.ts'
import { opening, opens } from '../leaves/opening.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'
import { indexPart, isIndexOf, opensRecord } from './indexReading.ts'

/** "The index gives this record another id or owner than the sealed snapshot does." */
export const recordOwnerSchema = z.strictObject({
  name: z.literal('record-owner'),
  ...indexPart,
  record: opening(indexRecordSchema),
  /** All snapshots of the receipt, in their order. */
  snapshots: z.array(snapshotSchema).min(1).max(64),
  sealed: opening(z.strictObject({ recordId: hash32, contributor: address, weight: count })),
})
export type RecordOwnerClaim = z.infer<typeof recordOwnerSchema>

/** Whether a record of the index is another than the one at its place in the snapshots that the receipt names. */
export function verifyRecordOwner({ index, record, snapshots, sealed }: RecordOwnerClaim, header: AttributionHeader, receipt: Receipt): Verdict {
  if (!isIndexOf(index, header)) return notProven('the index is not that of the signed document')
  if (snapshotsHash(snapshots.map(snapshotId)) !== receipt.snapshotsHash) return notProven('these are not the snapshots of the receipt')
  const total = snapshots.reduce((sum, s) => sum + s.recordCount, 0)
  if (index.recordCount !== total) return proven(`the index holds ${index.recordCount} records, the snapshots ${total}`)
  if (!opensRecord(index, record)) return notProven('the record does not open')
  let place = record.proof.index
  const snapshot = snapshots.find((s) => place < s.recordCount || ((place -= s.recordCount), false))
  if (!snapshot || !opens(snapshot.root, sealed, snapshotLeaf, place, snapshot.recordCount)) return notProven('the sealed record does not open')
  const [claimed, found] = [record.leaf, sealed.leaf]
  if (claimed.recordId !== found.recordId) return proven(`record ${record.proof.index} is ${found.recordId}, the index says ${claimed.recordId}`)
  if (claimed.contributor.toLowerCase() !== found.contributor.toLowerCase()) return proven(`record ${record.proof.index} belongs to ${found.contributor}, the index says ${claimed.contributor}`)
  return notProven('the index names the sealed record and its owner')
}
