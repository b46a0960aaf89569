import { contributorWeights } from '../snapshot/snapshotRecord.ts'
import { licenceCounts, type DatasetDescription } from './datasetDescription.ts'
import type { ExportSource } from './exportedRecord.ts'

const sizes: [number, string][] = [
  [1e3, 'n<1K'],
  [1e4, '1K<n<10K'],
  [1e5, '10K<n<100K'],
  [1e6, '100K<n<1M'],
  [Number.POSITIVE_INFINITY, '1M<n<10M'],
]

/** A YAML scalar that is text whatever it holds: JSON strings are YAML strings. */
const yaml = (text: string): string => JSON.stringify(text)
/** Text inside a Markdown table cell or line, with what would be markup made harmless. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>#|]/g, '\\$&').replace(/\s+/g, ' ').trim()

/** The README of a snapshot as a Hugging Face dataset card: YAML front matter for `records.jsonl`, then what a reader must know. */
export function datasetCard(source: ExportSource, about: DatasetDescription): string {
  const { snapshot, snapshotId, records } = source
  const licences = licenceCounts(records)
  const copies = records.filter((r) => r.weight === 0).length
  const people = contributorWeights(records)
  const list = (name: string, values: readonly string[]): string[] => (values.length > 0 ? [`${name}:`, ...values.map((v) => `- ${yaml(v)}`)] : [])
  const front = [
    '---',
    `pretty_name: ${yaml(about.name)}`,
    ...list('license', licences.map(({ licence }) => licence.toLowerCase())),
    ...list('language', about.languages),
    ...list('tags', ['openledger', ...(about.keywords ?? [])]),
    'task_categories:',
    '- question-answering',
    '- text-generation',
    'size_categories:',
    `- ${sizes.find(([limit]) => records.length < limit)![1]}`,
    'configs:',
    '- config_name: default',
    '  data_files:',
    '  - split: train',
    '    path: records.jsonl',
    '---',
  ]
  const body = [
    `# ${plain(about.name)}`,
    '',
    plain(about.description),
    '',
    `Version ${about.version}, sealed on ${new Date(about.sealedAt * 1000).toISOString().slice(0, 10)}: ${records.length} records by ${people.length} contributors, ${copies} of them copies of earlier records (weight 0).`,
    '',
    '## Provenance',
    '',
    'Every record was signed by its contributor, and this version was sealed on a chain. Each line names the contribution, the contributor and the licence.',
    '',
    '| | |',
    '| --- | --- |',
    `| datanet | ${snapshot.datanetId} |`,
    `| snapshot | \`${snapshotId}\` |`,
    `| parent | \`${snapshot.parent}\` |`,
    `| Merkle root | \`${snapshot.root}\` |`,
    `| SHA-256 of the snapshot file | \`${snapshot.contentHash}\` |`,
    `| page | ${plain(about.url)} |`,
    '',
    '## Licences',
    '',
    '| licence | records |',
    '| --- | ---: |',
    ...licences.map(({ licence, records: n }) => `| ${plain(licence)} | ${n} |`),
    '',
    '## Contributors',
    '',
    '| contributor | training weight |',
    '| --- | ---: |',
    ...people.map(({ contributor, weight }) => `| \`${contributor}\` | ${weight} |`),
    '',
  ]
  return [...front, ...body].join('\n')
}
