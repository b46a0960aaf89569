import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordLimits } from '../records/recordLimits.ts'
import type { ParseOptions, RecordFormat } from './draftRecord.ts'
import { parseJsonlStream } from './parseJsonlStream.ts'
import { formatOfFile, parseRecords } from './parseRecords.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (text: string, format: RecordFormat = 'jsonl', options: ParseOptions = {}) => parseRecords(bytes(text), format, options)
const good = '{"prompt":"Why?","completion":"Because."}'
const nested = (n: number): string => '{"a":'.repeat(n) + '1' + '}'.repeat(n)

describe('parseRecords of JSONL', () => {
  it.each([
    ['{"prompt":"Why?","completion":"Because."}', {}],
    ['{"question":"Why?","answer":"Because."}', {}],
    ['{"instruction":"Why?","output":"Because.","input":""}', {}],
    ['{"messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":"Because."}]}', {}],
    ['{"messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":"Because."}],"output":"x"}', { output: 'x' }],
    ['{"prompt":" Why?\\r\\n","completion":"\\tBecause.","n":1,"tags":["a"]}', { n: 1, tags: ['a'] }],
    ['{"prompt":"Why?","completion":"Because.","answer":"x","__proto__":{"a":1}}', { answer: 'x', ['__proto__']: { a: 1 } }],
  ])('reads %s', (line, metadata) => {
    expect(read(line)).toEqual({ records: [{ prompt: 'Why?', completion: 'Because.', line: 1, metadata }], rejected: [], rejectedCount: 0 })
  })

  it('joins instruction and input', () => {
    expect(read('{"instruction":"Add.","input":"2 and 3","output":"5"}').records[0]).toMatchObject({ prompt: 'Add.\n\n2 and 3', metadata: {} })
  })

  it('reads a contributor label from the field that it is told', () => {
    expect(read('{"prompt":"a","completion":"b","contributor":"ann"}').records[0]).toMatchObject({ contributor: 'ann', metadata: {} })
    expect(read('{"prompt":"a","completion":"b","who":"bo","contributor":"ann"}', 'jsonl', { contributorField: 'who' }).records[0]).toMatchObject({ contributor: 'bo', metadata: { contributor: 'ann' } })
  })

  it('takes a byte order mark, CRLF, blank lines and a missing last line end', () => {
    const { records, rejected } = read(`\ufeff${good}\r\n\r\n  \n${good.replace('Why', 'Who')}`)
    expect(records.map((r) => [r.line, r.prompt])).toEqual([[1, 'Why?'], [4, 'Who?']])
    expect(rejected).toEqual([])
  })

  it('brings text to NFC', () => {
    expect(read('{"prompt":"e\\u0301","completion":"b"}').records[0]!.prompt).toBe('\u00e9')
  })

  it.each([
    ['{"prompt":"a"', 'BAD_JSON', 'line'],
    ['[1]', 'NOT_AN_OBJECT', 'line'],
    ['"text"', 'NOT_AN_OBJECT', 'line'],
    ['{"completion":"b"}', 'MISSING_FIELD', 'prompt'],
    ['{"question":"b"}', 'MISSING_FIELD', 'answer'],
    ['{"text":"b"}', 'MISSING_FIELD', 'prompt'],
    ['{"prompt":"a","completion":5}', 'NOT_TEXT', 'completion'],
    ['{"question":"a","answer":" \\n "}', 'EMPTY_TEXT', 'answer'],
    ['{"prompt":"a\\u0007","completion":"b"}', 'CONTROL_CHARACTER', 'prompt'],
    ['{"prompt":"a\\ud800","completion":"b"}', 'BAD_UNICODE', 'prompt'],
    [`{"prompt":"${'a'.repeat(recordLimits.promptBytes + 1)}","completion":"b"}`, 'TEXT_TOO_LONG', 'prompt'],
    [`{"prompt":"a","completion":"${'é'.repeat(recordLimits.completionBytes / 2 + 1)}"}`, 'TEXT_TOO_LONG', 'completion'],
    [`{"prompt":"${'a'.repeat(recordLimits.lineBytes)}","completion":"b"}`, 'LINE_TOO_LONG', 'line'],
    [nested(9), 'TOO_DEEP', 'line'],
    [nested(150_000), 'TOO_DEEP', 'line'],
    ['{"prompt":"a","completion":"b","contributor":7}', 'BAD_LABEL', 'contributor'],
    ['{"prompt":"a","completion":"b","contributor":"a\\u0000"}', 'BAD_LABEL', 'contributor'],
    [`{"prompt":"a","completion":"b","x":"${'a'.repeat(5000)}"}`, 'METADATA_TOO_LARGE', 'line'],
    [`{"prompt":"a","completion":"b",${Array.from({ length: 33 }, (_, i) => `"k${i}":0`).join()}}`, 'METADATA_TOO_LARGE', 'line'],
    ['{"prompt":"a","completion":"b","x":1e999}', 'BAD_NUMBER', 'line'],
    ['{"messages":"hi"}', 'BAD_MESSAGES', 'messages'],
    ['{"messages":[{"role":"system","content":"x"},{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}', 'BAD_MESSAGES', 'messages'],
    ['{"messages":[{"role":"assistant","content":"b"},{"role":"user","content":"a"}]}', 'BAD_MESSAGES', 'messages'],
    ['{"messages":[{"role":"user","content":["a"]},{"role":"assistant","content":"b"}]}', 'NOT_TEXT', 'messages.0.content'],
    ['{"messages":[null,1]}', 'BAD_MESSAGES', 'messages'],
  ].map(([line, code, field]) => ({ start: line!.slice(0, 60), line: line!, code: code!, field: field! })))('rejects $start with $code in $field, and goes on', ({ line, code, field }) => {
    const { records, rejected, rejectedCount } = read(`${good}\n${line}\n${good}`)
    expect(records.map((r) => r.line)).toEqual([1, 3])
    expect(rejected).toEqual([{ line: 2, field, code, message: expect.any(String), fix: expect.stringMatching(/\w/) }])
    expect(rejectedCount).toBe(1)
  })

  it('rejects the line that is not UTF-8, and only that', () => {
    const file = bytes(`${good}\n${good}\n${good}`)
    file[good.length + 15] = 0xe9
    expect(parseRecords(file, 'jsonl')).toMatchObject({ records: [{ line: 1 }, { line: 3 }], rejected: [{ line: 2, code: 'NOT_UTF8' }] })
    // UTF-16, an overlong form, and a surrogate written as UTF-8.
    for (const bad of [[0xff, 0xfe, 0x7b, 0], [0xc0, 0x80], [0xed, 0xa0, 0x80]]) {
      expect(parseRecords(Uint8Array.from(bad), 'jsonl').rejected).toMatchObject([{ line: 1, code: 'NOT_UTF8' }])
    }
  })

  it('limits file, records and reported rejections', () => {
    expect(() => read(good, 'jsonl', { maxFileBytes: good.length - 1 })).toThrow(expect.objectContaining({ code: 'FILE_TOO_LARGE' }))
    const three = read([good, good, good].join('\n'), 'jsonl', { maxRecords: 2 })
    expect(three.records).toHaveLength(2)
    expect(three.rejected).toMatchObject([{ line: 3, code: 'TOO_MANY_RECORDS' }])
    const many = read('x\n'.repeat(10_005))
    expect([many.rejected.length, many.rejectedCount]).toEqual([10_000, 10_005])
    expect(() => read(good, 'xml' as 'csv')).toThrow(expect.objectContaining({ code: 'UNKNOWN_FORMAT' }))
  })

  it('reads back any texts', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((s) => `«${s.normalize('NFC').replace(/\p{Cc}|[\ufffe\uffff]/gu, '\n')}»`)
    fc.assert(
      fc.property(fc.array(fc.record({ prompt: text, completion: text })), (list) => {
        const { records } = read(list.map((r) => JSON.stringify(r)).join('\n'))
        expect(records.map(({ prompt, completion }) => ({ prompt, completion }))).toEqual(list)
      }),
    )
  })
})

describe('parseJsonlStream', () => {
  const collect = async (file: Uint8Array, cuts: number[], options: ParseOptions = {}) => {
    const edges = [0, ...cuts.map((c) => c % (file.length + 1)).sort((a, b) => a - b), file.length]
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let i = 1; i < edges.length; i++) yield file.subarray(edges[i - 1], edges[i])
    }
    const out = []
    for await (const parsed of parseJsonlStream(chunks(), options)) out.push(parsed)
    return out
  }

  it('says the same as parseRecords, however the bytes are cut', async () => {
    const file = bytes(`\ufeff${good}\r\n\nbad\n{"prompt":"é","completion":"${'z'.repeat(300)}"}\n${good}\r\n{"prompt":"ñandú","completion":"€"}`)
    const options = { maxLineBytes: 100 }
    const { records, rejected } = parseRecords(file, 'jsonl', options)
    expect(rejected.map((r) => r.code)).toEqual(['BAD_JSON', 'LINE_TOO_LONG'])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1000)), async (cuts) => {
        const parsed = await collect(file, cuts, options)
        expect(parsed.flatMap((p) => ('record' in p ? [p.record] : []))).toEqual(records)
        expect(parsed.flatMap((p) => ('rejection' in p ? [[p.rejection.line, p.rejection.code]] : []))).toEqual(rejected.map((r) => [r.line, r.code]))
      }),
    )
  })

  it('stops at the limit of the file', async () => {
    await expect(collect(bytes(good), [10], { maxFileBytes: 20 })).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
  })
})

describe('parseRecords of CSV', () => {
  it('reads quoted fields, line breaks in them, CRLF and a byte order mark, and tells the first line of each row', () => {
    const { records, rejected } = read('\ufeffPrompt,Completion,contributor,topic\r\n"Why, ""really""?","One\r\ntwo",ann,\r\n\r\nWho?,Me,,x\r\n', 'csv')
    expect(rejected).toEqual([])
    expect(records).toEqual([
      { prompt: 'Why, "really"?', completion: 'One\ntwo', line: 2, contributor: 'ann', metadata: {} },
      { prompt: 'Who?', completion: 'Me', line: 5, metadata: { topic: 'x' } },
    ])
  })

  it.each([';', '\t'])('finds the delimiter %j', (d) => {
    expect(read(`question${d}answer\na, b${d}c\n`, 'csv').records).toMatchObject([{ prompt: 'a, b', completion: 'c' }])
  })

  it.each([
    ['', [[1, 'MISSING_COLUMN']], 0],
    ['prompt,text\na,b', [[1, 'MISSING_COLUMN']], 0],
    ['a,b\na,b', [[1, 'MISSING_COLUMN']], 0],
    ['prompt,completion,prompt\na,b,c', [[1, 'DUPLICATE_COLUMN']], 0],
    [`prompt,completion${',x'.repeat(70)}`, [[1, 'TOO_MANY_COLUMNS']], 0],
    ['prompt,completion\na,b\na,b,c\na\nd,e', [[3, 'COLUMN_COUNT'], [4, 'COLUMN_COUNT']], 2],
    ['prompt,completion\na,b\nc,\nd,e', [[3, 'EMPTY_TEXT']], 2],
    ['prompt,completion\na,b\nc,"d\ne,f\n', [[3, 'BAD_CSV']], 1],
    ['prompt,completion\na,b\nc,d"e\ng,h', [[3, 'BAD_CSV']], 1],
  ] as [string, [number, string][], number][])('of %j rejects %j and keeps %i', (text, expected, kept) => {
    const { records, rejected } = read(text, 'csv')
    expect(rejected.map((r) => [r.line, r.code])).toEqual(expected)
    expect(rejected.every((r) => r.field !== '' && r.fix !== '')).toBe(true)
    expect(records).toHaveLength(kept)
  })

  it('reads nothing of a file that is not UTF-8, and names the line', () => {
    const file = bytes('prompt,completion\na,b\nc,d\n')
    file[22] = 0xff
    expect(parseRecords(file, 'csv')).toMatchObject({ records: [], rejected: [{ line: 3, code: 'NOT_UTF8' }] })
  })

  it('reads back any texts', () => {
    const text = fc.string({ maxLength: 30, unit: fc.constantFrom('a', '"', ',', '\n', ';', ' ', '€', "'") }).map((s) => `x${s}x`)
    const quote = (s: string): string => `"${s.replaceAll('"', '""')}"`
    fc.assert(
      fc.property(fc.array(fc.record({ prompt: text, completion: text })), (list) => {
        const { records } = read(`prompt,completion\n${list.map((r) => `${quote(r.prompt)},${quote(r.completion)}\n`).join('')}`, 'csv')
        expect(records.map(({ prompt, completion }) => ({ prompt, completion }))).toEqual(list)
        let line = 2
        list.forEach((r, i) => {
          expect(records[i]!.line).toBe(line)
          line += `${r.prompt}${r.completion}`.split('\n').length
        })
      }),
    )
  })
})

describe('parseRecords of Markdown', () => {
  const text = [
    '---', 'title: Facts', '---', '# Facts', '', '## What is a *receipt*?', 'A signed', 'statement.', '', '- one', '- two', '  1. deep', '', '```ts', 'a = 1', '```', '', '<b>raw</b>', '', 'Fees', '====', 'They are split.', '', '### Empty', '', '# Last', 'End.',
  ].join('\n')

  it('makes records of headings and the text below', () => {
    const { records, rejected } = read(text.replaceAll('\n', '\r\n'), 'markdown')
    expect(records).toEqual([
      { prompt: 'What is a receipt?', completion: 'A signed statement.\n\n- one\n- two\n  1. deep\n\na = 1\n\nraw', line: 6, metadata: { path: ['Facts'] } },
      { prompt: 'Fees', completion: 'They are split.', line: 20, metadata: {} },
      { prompt: 'Last', completion: 'End.', line: 26, metadata: {} },
    ])
    expect(rejected).toMatchObject([{ line: 24, code: 'EMPTY_TEXT', field: 'text' }])
  })

  it.each([
    ['no heading at all', 'MISSING_FIELD', 1],
    ['# a\nb\n\n#\n\nc', 'EMPTY_TEXT', 4],
    [`# a\n\n${'>'.repeat(50_000)} x`, 'TOO_DEEP', 3],
    [`# a\n\n${'- '.repeat(50)} x`, 'TOO_DEEP', 3],
    [`# a\n\n${'_a*'.repeat(300)}`, 'TOO_MANY_MARKS', 3],
    ['x'.repeat(recordLimits.markdownBytes + 1), 'FILE_TOO_LARGE', 1],
  ].map(([source, code, line]) => ({ start: String(source).slice(0, 30), source: String(source), code, line })))('of $start rejects with $code', ({ source, code, line }) => {
    expect(read(source, 'markdown').rejected).toMatchObject([{ code, line }])
  })

  it('does not count marks in code fences, and resets at blank lines', () => {
    const source = `# a\n\n\`\`\`py\n${'snake_case_name\n'.repeat(400)}\`\`\`\n\n${`${'*b* '.repeat(100)}\n\n`.repeat(5)}`
    expect(read(source, 'markdown')).toMatchObject({ records: [{ prompt: 'a' }], rejected: [] })
  })

  it('stays quick on hostile input', { timeout: 60_000 }, () => {
    for (const hostile of ['[', '*a_ ', '`', '![[', '&amp;', '<', '- a\n', '[a]: b\n', '~~~\n', '```x`\n*a_']) {
      const before = process.cpuUsage()
      read(`# a\n\n${hostile.repeat(20_000 / hostile.length)}`, 'markdown')
      expect(process.cpuUsage(before).user / 1000, hostile).toBeLessThan(5_000)
    }
  })
})

describe('formatOfFile', () => {
  it('goes by the ending', () => {
    expect(['a.jsonl', 'B.NDJSON', 'c.csv', 'd.tsv', 'e.md'].map(formatOfFile)).toEqual(['jsonl', 'jsonl', 'csv', 'csv', 'markdown'])
    expect(() => formatOfFile('a.exe')).toThrow(expect.objectContaining({ code: 'UNKNOWN_FORMAT' }))
  })
})
