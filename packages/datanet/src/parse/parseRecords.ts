import { fail } from '@openledger/protocol'
import { decodeUtf8, splitLines } from '../records/lines.ts'
import { recordLimits } from '../records/recordLimits.ts'
import { reject, type Parsed, type ParseOptions, type ParseResult, type RecordFormat } from './draftRecord.ts'
import { parseCsv } from './parseCsv.ts'
import { parseJsonlLine } from './parseJsonl.ts'
import { parseMarkdown } from './parseMarkdown.ts'

const withoutMark = (bytes: Uint8Array): Uint8Array => (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes)

function* parseLines(bytes: Uint8Array, options: ParseOptions): Generator<Parsed> {
  for (const line of splitLines(bytes)) {
    const parsed = parseJsonlLine(line, options)
    if (parsed) yield parsed
  }
}

function* parseText(bytes: Uint8Array, read: (text: string, options: ParseOptions) => Generator<Parsed>, options: ParseOptions): Generator<Parsed> {
  const text = decodeUtf8(bytes)
  if (text !== null) return yield* read(text, options)
  for (const line of splitLines(bytes)) {
    if (decodeUtf8(line.bytes) !== null) continue
    yield reject(line.number, 'line', 'NOT_UTF8', 'the file is not UTF-8 from this line on, so nothing of it was read', 'save the file as UTF-8')
    return
  }
}

function parseFormat(bytes: Uint8Array, format: RecordFormat, options: ParseOptions): Generator<Parsed> {
  switch (format) {
    case 'jsonl':
      return parseLines(bytes, options)
    case 'csv':
      return parseText(bytes, parseCsv, options)
    case 'markdown':
      return parseText(bytes, parseMarkdown, options)
    default:
      return fail('UNKNOWN_FORMAT', `"${String(format).slice(0, 40)}" is not a format that is read`, { field: 'format', fix: 'use jsonl, csv or markdown' })
  }
}

/**
 * Reads records from a file. What cannot be read is reported with line, field and fix, and does not stop the rest.
 * @throws InputError FILE_TOO_LARGE or UNKNOWN_FORMAT
 */
export function parseRecords(file: Uint8Array, format: RecordFormat, options: ParseOptions = {}): ParseResult {
  const maxBytes = options.maxFileBytes ?? recordLimits.fileBytes
  if (file.length > maxBytes) fail('FILE_TOO_LARGE', `the file has ${file.length} bytes, the limit is ${maxBytes}`, { fix: 'split the file', status: 413 })
  const maxRecords = options.maxRecords ?? recordLimits.recordsPerFile
  const result: ParseResult = { records: [], rejected: [], rejectedCount: 0 }
  const refuse = ({ rejection }: ReturnType<typeof reject>): void => {
    result.rejectedCount++
    if (result.rejected.length < recordLimits.rejections) result.rejected.push(rejection)
  }
  for (const parsed of parseFormat(withoutMark(file), format, options)) {
    if ('rejection' in parsed) refuse(parsed)
    else if (result.records.length < maxRecords) result.records.push(parsed.record)
    else {
      refuse(reject(parsed.record.line, 'line', 'TOO_MANY_RECORDS', `only the first ${maxRecords} records were read`, 'split the file'))
      break
    }
  }
  return result
}

/** The format that a file name speaks of; fails with UNKNOWN_FORMAT. */
export function formatOfFile(name: string): RecordFormat {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const formats: Record<string, RecordFormat> = { jsonl: 'jsonl', ndjson: 'jsonl', csv: 'csv', tsv: 'csv', md: 'markdown', markdown: 'markdown' }
  return formats[ending] ?? fail('UNKNOWN_FORMAT', `the ending of "${name.slice(-80)}" names no format`, { fix: 'use .jsonl, .csv or .md, or name the format' })
}
