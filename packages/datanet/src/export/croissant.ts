import { sha256, type Json } from '@openledger/protocol'
import { contributorWeights } from '../snapshot/snapshotRecord.ts'
import { exportJsonl } from './exportJsonl.ts'
import { exportColumns, type ExportSource } from './exportedRecord.ts'
import { licenceCounts, licenceUrl, type DatasetDescription } from './datasetDescription.ts'

const terms = ['citeAs', 'column', 'dataBiases', 'dataCollection', 'extract', 'field', 'fileProperty', 'fileObject', 'fileSet', 'format', 'includes', 'isLiveDataset', 'jsonPath', 'key', 'md5', 'parentField', 'path', 'personalSensitiveInformation', 'recordSet', 'references', 'regex', 'repeated', 'replace', 'separator', 'source', 'subField', 'transform']

/** The JSON-LD context that Croissant 1.0 prescribes. */
const context: Json = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  sc: 'https://schema.org/',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  dct: 'http://purl.org/dc/terms/',
  conformsTo: 'dct:conformsTo',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  examples: { '@id': 'cr:examples', '@type': '@json' },
  ...Object.fromEntries(terms.map((term) => [term, `cr:${term}`])),
}

const meaning: Record<(typeof exportColumns)[number], string> = {
  prompt: 'What is asked.',
  completion: 'What is to be answered.',
  recordId: 'keccak-256 of the canonical JSON of prompt and completion.',
  contributor: 'The address that signed the contribution.',
  contributionId: 'The EIP-712 digest of the signed contribution.',
  licence: 'SPDX identifier of the licence under which the record was given.',
  weight: 'Training weight: 1, or 0 for a copy of an earlier record.',
  copyOf: 'The record that this one repeats; empty otherwise.',
  snapshotId: 'The snapshot that sealed the record.',
}

/**
 * The Croissant 1.0 description of a snapshot (JSON-LD over schema.org), which points to its JSON Lines export.
 * @param contentUrl where that export is fetched
 */
export function croissantMetadata(source: ExportSource, about: DatasetDescription, contentUrl: string): Json {
  const file = exportJsonl(source)
  const licences = licenceCounts(source.records).map(({ licence }) => licenceUrl(licence))
  const fields = exportColumns.map((name) => ({
    '@type': 'cr:Field',
    '@id': `records/${name}`,
    name,
    description: meaning[name],
    dataType: name === 'weight' ? 'sc:Integer' : 'sc:Text',
    source: { fileObject: { '@id': 'records.jsonl' }, extract: { column: name } },
  }))
  return {
    '@context': context,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.0',
    name: about.name,
    description: about.description,
    url: about.url,
    identifier: source.snapshotId,
    version: `${about.version}.0.0`,
    datePublished: new Date(about.sealedAt * 1000).toISOString().slice(0, 10),
    license: licences.length === 1 ? licences[0]! : licences,
    inLanguage: [...about.languages],
    keywords: [...(about.keywords ?? [])],
    citeAs: `${about.name}, snapshot ${source.snapshotId}. ${about.url}`,
    isLiveDataset: false,
    creator: contributorWeights(source.records).map(({ contributor }) => ({ '@type': 'sc:Person', '@id': `eip155:${contributor}`, name: contributor })),
    distribution: [
      {
        '@type': 'cr:FileObject',
        '@id': 'records.jsonl',
        name: 'records.jsonl',
        description: 'The records with their provenance.',
        contentUrl,
        contentSize: `${file.length} B`,
        encodingFormat: 'application/jsonlines',
        sha256: sha256(file).slice(2),
      },
    ],
    recordSet: [{ '@type': 'cr:RecordSet', '@id': 'records', name: 'records', description: 'One record a line.', key: [{ '@id': 'records/recordId' }, { '@id': 'records/contributionId' }], field: fields }],
  }
}
