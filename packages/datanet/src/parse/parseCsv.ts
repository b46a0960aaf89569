import { CsvError, parse, type InfoRecord } from 'csv-parse/sync'
import type { Json } from '@openledger/protocol'
import { recordLimits } from '../records/recordLimits.ts'
import { draftFromFields, findHalfPair, findPair } from './draftFromFields.ts'
import { reject, type Parsed, type ParseOptions } from './draftRecord.ts'

type Row = { record: string[]; info: InfoRecord }

/** The delimiter that the header uses: the first of comma, semicolon, tab that divides it. */
function findDelimiter(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  return [',', ';', '\t'].find((d) => header.includes(d)) ?? ','
}

function readRows(text: string): { rows: Row[]; broken: { line: number; message: string } | null } {
  const rows: Row[] = []
  try {
    parse(text, {
      delimiter: findDelimiter(text),
      info: true,
      relax_column_count: true,
      on_record: (row: unknown) => {
        rows.push(row as Row)
        return null
      },
    })
    return { rows, broken: null }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { rows, broken: { line: (rows.at(-1)?.info.lines ?? 0) + 1, message: error.message.slice(0, 160) } }
  }
}

/** Reads CSV (RFC 4180) with a header; comma, semicolon or tab as delimiter. */
export function* parseCsv(text: string, options: ParseOptions): Generator<Parsed> {
  const { rows, broken } = readRows(text.replace(/\r\n?/g, '\n'))
  const brokenRow = broken && reject(broken.line, 'line', 'BAD_CSV', `the row that begins here cannot be read: ${broken.message}`, 'put a field with quotation marks, delimiters or line ends in quotation marks and double those inside')
  const [head, ...body] = rows
  if (!head) {
    yield brokenRow ?? reject(1, 'line', 'MISSING_COLUMN', 'the file is empty', 'begin with a header line such as prompt,completion')
    return
  }
  const names = head.record.map((name) => name.trim().toLowerCase())
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  const has = (field: string): boolean => names.includes(field)
  const pair = findPair(has) ?? findHalfPair(has)
  const missing = pair ? pair.find((name) => !names.includes(name)) : 'prompt'
  if (names.length > recordLimits.csvColumns) yield reject(1, 'line', 'TOO_MANY_COLUMNS', `the header has ${names.length} columns, the limit is ${recordLimits.csvColumns}`, 'remove columns that the records do not need')
  else if (twice !== undefined) yield reject(1, twice, 'DUPLICATE_COLUMN', `the header names "${twice}" twice`, 'give every column its own name')
  else if (!pair || missing) yield reject(1, missing ?? 'prompt', 'MISSING_COLUMN', `the header has no column "${missing}"`, 'name two columns prompt and completion (or question and answer, or instruction and output)')
  else {
    let last = head.info.lines
    for (const row of body) {
      const line = last + 1
      last = row.info.lines
      const parsed = readRow(line, row.record, names, pair, options)
      if (parsed) yield parsed
    }
  }
  if (brokenRow) yield brokenRow
}

function readRow(line: number, cells: string[], names: string[], pair: readonly [string, string], options: ParseOptions): Parsed | null {
  if (cells.every((cell) => cell.trim() === '')) return null
  if (cells.length !== names.length) return reject(line, 'line', 'COLUMN_COUNT', `the row has ${cells.length} fields, the header ${names.length}`, 'put fields that hold the delimiter in quotation marks')
  const limit = options.maxLineBytes ?? recordLimits.lineBytes
  const size = cells.reduce((sum, cell) => sum + cell.length, 0)
  if (size > limit) return reject(line, 'line', 'LINE_TOO_LONG', `the row has ${size} characters, the limit is ${limit}`, 'split the record')
  const fields = new Map<string, Json>(names.map((name, i) => [name, cells[i]!]))
  const values = [fields.get(pair[0]), fields.get(pair[1])] as const
  for (const name of [...pair]) fields.delete(name)
  for (const [name, value] of fields) if (value === '') fields.delete(name)
  return draftFromFields(line, pair, values, (options.contributorField ?? 'contributor').toLowerCase(), fields)
}
