import type { Hex, Snapshot } from '@openledger/protocol'
import type { SnapshotRecord } from '../snapshot/snapshotRecord.ts'

/** What an export says of each record: its texts and where they come from. */
export const exportColumns = ['prompt', 'completion', 'recordId', 'contributor', 'contributionId', 'licence', 'weight', 'copyOf', 'snapshotId'] as const

/** A snapshot ready for export, as readSnapshotFile or sealSnapshot gives it, with its id. */
export type ExportSource = { snapshotId: Hex; snapshot: Snapshot; records: readonly SnapshotRecord[] }

/** The fields of one record in the order of {@link exportColumns}; `copyOf` is empty for a record that repeats none. */
export function exportedRecord(record: SnapshotRecord, snapshotId: Hex): Record<(typeof exportColumns)[number], string | number> {
  const { prompt, completion, recordId, contributor, contributionId, licence, weight, copyOf } = record
  return { prompt, completion, recordId, contributor, contributionId, licence, weight, copyOf: copyOf ?? '', snapshotId }
}
