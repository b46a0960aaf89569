import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { recordId, snapshotId, zeroHash, type Hex } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { parseRecords } from '../parse/parseRecords.ts'
import { sealSnapshot } from '../snapshot/sealSnapshot.ts'
import { croissantMetadata } from './croissant.ts'
import { datasetCard } from './datasetCard.ts'
import type { DatasetDescription } from './datasetDescription.ts'
import { exportCsv } from './exportCsv.ts'
import { exportColumns, type ExportSource } from './exportedRecord.ts'
import { exportJsonl } from './exportJsonl.ts'

const texts: [string, string][] = [
  ['What is a "receipt"?', 'A signed,\nbinding statement; see the "docs".'],
  ['=1+1', ' – dash, not formula'.trim()],
  ['Où est le phare ?', 'Sur le cap 🙂.'],
  ['What is a "receipt"?', 'A signed,\nbinding statement; see the "docs".'],
]
const sealed = sealSnapshot({
  datanetId: 5n,
  parent: zeroHash,
  records: texts.map(([prompt, completion], i) => ({
    prompt,
    completion,
    recordId: recordId({ prompt, completion }),
    contributor: `0x${`b${i}`.repeat(20)}` as Hex,
    contributionId: `0x${`c${i}`.repeat(32)}` as Hex,
    licence: i === 2 ? 'CC0-1.0' : 'CC-BY-4.0',
    committedAt: BigInt(i),
    index: 0,
  })),
})
const source: ExportSource = { snapshotId: snapshotId(sealed.snapshot), snapshot: sealed.snapshot, records: sealed.records }
const about: DatasetDescription = { name: 'Harbour: facts', description: 'Questions about a harbour | and its *people*.', url: 'https://example.org/datanets/5', languages: ['en', 'fr'], keywords: ['harbour'], sealedAt: 1_717_718_400, version: 2 }
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('exports', () => {
  it('JSON Lines and CSV say the same, with the provenance of each record', () => {
    const lines = text(exportJsonl(source)).trimEnd().split('\n').map((l) => JSON.parse(l) as Record<string, unknown>)
    const rows = parse(text(exportCsv(source)), { columns: true }) as Record<string, string>[]
    expect(rows).toEqual(lines.map((l) => Object.fromEntries(Object.entries(l).map(([k, v]) => [k, String(v)]))))
    expect(Object.keys(lines[0]!)).toEqual([...exportColumns])
    lines.forEach((line, i) => {
      const { copyOf, ...record } = sealed.records[i]!
      expect(line).toEqual({ ...record, copyOf: copyOf ?? '', snapshotId: source.snapshotId })
      expect(recordId(line as { prompt: string; completion: string })).toBe(line.recordId)
    })
    expect(lines.map((l) => l.weight)).toEqual([1, 1, 1, 0])
  })

  it('are read back by our own parser', () => {
    for (const [bytes, format] of [[exportJsonl(source), 'jsonl'], [exportCsv(source), 'csv']] as const) {
      const { records, rejected } = parseRecords(bytes, format)
      expect(rejected).toEqual([])
      expect(records.map((r) => [r.prompt, r.completion])).toEqual(texts)
      expect(records.map((r) => r.contributor)).toEqual(sealed.records.map((r) => r.contributor))
    }
  })

  it('Croissant metadata names the file by its hash and every column that is in it', () => {
    const url = 'https://example.org/records.jsonl'
    const meta = JSON.parse(JSON.stringify(croissantMetadata(source, about, url))) as Record<string, unknown> & {
      distribution: Record<string, string>[]
      recordSet: { key: { '@id': string }[]; field: { '@id': string; dataType: string; source: { fileObject: { '@id': string }; extract: { column: string } } }[] }[]
      '@context': Record<string, unknown>
    }
    expect(meta).toMatchObject({ '@type': 'sc:Dataset', conformsTo: 'http://mlcommons.org/croissant/1.0', name: about.name, datePublished: '2024-06-07', version: '2.0.0', license: ['https://spdx.org/licenses/CC-BY-4.0.html', 'https://spdx.org/licenses/CC0-1.0.html'] })
    const [file] = meta.distribution
    expect(file).toMatchObject({ '@type': 'cr:FileObject', contentUrl: url, encodingFormat: 'application/jsonlines', sha256: createHash('sha256').update(exportJsonl(source)).digest('hex') })
    const { field, key } = meta.recordSet[0]!
    expect(field.map((f) => f.source.extract.column)).toEqual([...exportColumns])
    expect(field.every((f) => f.source.fileObject['@id'] === file!['@id'])).toBe(true)
    expect(key.every((k) => field.some((f) => f['@id'] === k['@id']))).toBe(true)
    expect(meta['@context']).toMatchObject({ '@vocab': 'https://schema.org/', cr: 'http://mlcommons.org/croissant/', recordSet: 'cr:recordSet', dataType: { '@id': 'cr:dataType', '@type': '@vocab' } })
    // No key of the document lacks a meaning: schema.org's own, or one that the context maps.
    const schema = new Set(['name', 'description', 'url', 'identifier', 'version', 'datePublished', 'license', 'inLanguage', 'keywords', 'creator', 'distribution', 'contentUrl', 'contentSize', 'encodingFormat', 'sha256'])
    const walk = (value: unknown): void => {
      if (Array.isArray(value)) return value.forEach(walk)
      if (typeof value !== 'object' || value === null) return
      for (const [k, v] of Object.entries(value)) {
        if (k === '@context') continue
        expect(k.startsWith('@') || schema.has(k) || k in meta['@context'], k).toBe(true)
        walk(v)
      }
    }
    walk(meta)
  })

  it('the dataset card has front matter and tells where the data comes from', () => {
    const card = datasetCard(source, about)
    const [, front, body] = card.split(/^---$/m) as [string, string, string]
    expect(front).toContain('pretty_name: "Harbour: facts"\nlicense:\n- "cc-by-4.0"\n- "cc0-1.0"\nlanguage:\n- "en"\n- "fr"\n')
    expect(front).toContain('size_categories:\n- n<1K\n')
    expect(front).toContain('path: records.jsonl')
    expect(body).toContain('4 records by 4 contributors, 1 of them copies')
    expect(body).toContain('Questions about a harbour \\| and its \\*people\\*.')
    for (const fact of [source.snapshotId, sealed.snapshot.root, sealed.snapshot.contentHash, '| CC-BY-4.0 | 3 |', `| \`${sealed.records[3]!.contributor}\` | 0 |`]) expect(body).toContain(fact)
  })

  it('cannot be broken by a name', () => {
    const [, front] = datasetCard(source, { ...about, name: 'a"\n---\nlicense: mit' }).split(/^---$/m) as [string, string]
    expect(front).toContain('pretty_name: "a\\"\\n---\\nlicense: mit"')
  })
})
