import { describe, expect, it } from 'vitest'
import { readDrafts } from './readDrafts.ts'
import { keyOfLabel, splitByLabel } from './splitByLabel.ts'

const line = (contributor: string | undefined, n: number): string => JSON.stringify({ contributor, prompt: `What is number ${n}?`, completion: `It is ${n}.` })
const draft = (...lines: string[]) => readDrafts(new TextEncoder().encode(lines.join('\n')), 'jsonl')
const code = (expected: string): unknown => expect.objectContaining({ code: expected })

describe('splitByLabel', () => {
  const { records } = draft(line('Ada L.', 1), line('ben', 2), line('Ada L.', 3), line('Ada L.', 4), line('ben', 5))

  it('groups records in the order of the file, with a key for each label', () => {
    const groups = splitByLabel(records, {})
    expect(groups.map(({ label, key, records: own }) => [label, key, own.map((r) => r.line)])).toEqual([
      ['Ada L.', 'ada-l', [1, 3, 4]],
      ['ben', 'ben', [2, 5]],
    ])
  })

  it('takes the first of each label, and only those that are named, in that order', () => {
    expect(splitByLabel(records, { take: 2 }).map((g) => g.records.length)).toEqual([2, 2])
    expect(splitByLabel(records, { only: ['ben', 'Ada L.', 'ben'], take: 1 }).map((g) => [g.label, g.records[0]?.line])).toEqual([['ben', 2], ['Ada L.', 1]])
  })

  it('says which record names nobody, which label is unknown, and which labels collide', () => {
    expect(() => splitByLabel(draft(line('ada', 1), line(undefined, 2)).records, {})).toThrow(code('NO_LABEL'))
    expect(() => splitByLabel(records, { only: ['eve'] })).toThrow(code('UNKNOWN_LABEL'))
    expect(() => splitByLabel(draft(line('a b', 1), line('A-B', 2)).records, {})).toThrow(code('SAME_KEY'))
  })

  it('makes key names that key files can have', () => {
    expect(keyOfLabel('  Ärzte & Co. 2 ')).toMatch(/^[a-z0-9][a-z0-9-]*$/)
    expect(() => keyOfLabel('—')).toThrow(code('BAD_LABEL'))
  })
})

describe('readDrafts', () => {
  it('leaves out what one contributor says twice, and says where it stood first', () => {
    const { records, rejected, rejectedCount } = draft(line('ada', 1), '{', line('ada', 1), line('ben', 1))
    expect(records.map((r) => [r.contributor, r.line])).toEqual([['ada', 1], ['ben', 4]])
    expect(rejected.map((r) => [r.line, r.code])).toEqual([[2, 'BAD_JSON'], [3, 'DUPLICATE_RECORD']])
    expect(rejected[1]?.message).toContain('line 1')
    expect(rejectedCount).toBe(2)
  })

  it('reads the label from another column', () => {
    const { records } = readDrafts(new TextEncoder().encode('prompt,completion,author\nWhat is x?,A letter.,ada\n'), 'csv', 'author')
    expect(records[0]?.contributor).toBe('ada')
  })
})
