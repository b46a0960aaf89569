import { parseRecords, type DraftRecord, type RecordFormat, type Rejection } from '@openledger/datanet'
import { recordId, type Hex } from '@openledger/protocol'

export type Drafts = {
  /** Records in normal form, no two alike, in the order of the file. */
  records: DraftRecord[]
  /** What could not be read, with line, field and fix. */
  rejected: Rejection[]
  rejectedCount: number
}

/**
 * Reads a file of records and leaves out what says the same as an earlier line with the same label.
 * @param column the field with the contributor's label; default "contributor"
 * @throws InputError FILE_TOO_LARGE
 */
export function readDrafts(file: Uint8Array, format: RecordFormat, column?: string): Drafts {
  const parsed = parseRecords(file, format, column === undefined ? {} : { contributorField: column })
  const seen = new Map<string, number>()
  const records: DraftRecord[] = []
  const rejected = [...parsed.rejected]
  for (const record of parsed.records) {
    const id: Hex = recordId(record)
    const key = `${record.contributor ?? ''}\n${id}`
    const first = seen.get(key)
    if (first === undefined) {
      seen.set(key, record.line)
      records.push(record)
      continue
    }
    rejected.push({ line: record.line, field: 'line', code: 'DUPLICATE_RECORD', message: `says the same as line ${first}`, fix: 'leave one of them out' })
  }
  rejected.sort((a, b) => a.line - b.line)
  return { records, rejected, rejectedCount: parsed.rejectedCount + (rejected.length - parsed.rejected.length) }
}
