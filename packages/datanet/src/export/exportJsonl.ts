import { exportedRecord, type ExportSource } from './exportedRecord.ts'

/** The records of a snapshot as JSON Lines (UTF-8), each with its provenance. Copies are there too, with weight 0. */
export function exportJsonl({ records, snapshotId }: ExportSource): Uint8Array {
  return new TextEncoder().encode(records.map((record) => `${JSON.stringify(exportedRecord(record, snapshotId))}\n`).join(''))
}
