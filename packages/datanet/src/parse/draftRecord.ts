import type { Json, RecordContent } from '@openledger/protocol'

export type RecordFormat = 'jsonl' | 'csv' | 'markdown'

/** A record as it was read from a file, in normal form, not judged yet. */
export type DraftRecord = RecordContent & {
  /** The line of the file on which it begins, from 1. */
  line: number
  /** The contributor's label in the file, when it has one. */
  contributor?: string
  /** The other fields of the line. They are not part of the record: its id does not depend on them. */
  metadata: Record<string, Json>
}

/** A part of a file that could not be read as a record. */
export type Rejection = {
  line: number
  /** The field as the file calls it; "line" when no single field is at fault. */
  field: string
  /** Stable, upper case with underscores. */
  code: string
  message: string
  /** What to change in the file. */
  fix: string
}

export type ParseOptions = {
  /** The field with the contributor's label; default "contributor". */
  contributorField?: string
  maxFileBytes?: number
  maxLineBytes?: number
  maxRecords?: number
}

export type ParseResult = {
  records: DraftRecord[]
  /** The first rejections, up to a limit. */
  rejected: Rejection[]
  /** All rejections, reported or not. */
  rejectedCount: number
}

/** One thing that a file held. */
export type Parsed = { record: DraftRecord } | { rejection: Rejection }

/** Makes a rejection. */
export function reject(line: number, field: string, code: string, message: string, fix: string): { rejection: Rejection } {
  return { rejection: { line, field, code, message, fix } }
}
