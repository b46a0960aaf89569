import { exportColumns, exportedRecord, type ExportSource } from './exportedRecord.ts'

/** A CSV field (RFC 4180): in quotation marks when it must be. */
const field = (value: string | number): string => (/[",\r\n]|^\s|\s$/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value))

/** The records of a snapshot as CSV (RFC 4180, UTF-8, header, CRLF), each with its provenance. Texts are given as they are, unchanged. */
export function exportCsv({ records, snapshotId }: ExportSource): Uint8Array {
  const rows = records.map((record) => Object.values(exportedRecord(record, snapshotId)))
  return new TextEncoder().encode([exportColumns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join(''))
}
