import { croissantMetadata, datasetCard, exportCsv, exportJsonl, readSnapshotFile, type DatasetDescription, type ExportSource } from '@openledger/datanet'
import { cidOfDigest, fail, zeroHash, type Hex } from '@openledger/protocol'
import { readDatanet, readSnapshot } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { fetchContent } from './fetchContent.ts'

export type ExportInput = {
  datanetId: bigint
  /** Default: the latest. */
  snapshot?: Hex
  format: 'jsonl' | 'csv' | 'croissant' | 'card'
  /** BCP 47. */
  language: string
}

export type Exported = { snapshotId: Hex; recordCount: number; text: string }

const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

function write(source: ExportSource, about: DatasetDescription, format: ExportInput['format']): string {
  switch (format) {
    case 'jsonl':
      return utf8(exportJsonl(source))
    case 'csv':
      return utf8(exportCsv(source))
    case 'croissant':
      return `${JSON.stringify(croissantMetadata(source, about, 'records.jsonl'), null, 2)}\n`
    case 'card':
      return datasetCard(source, about)
  }
}

/**
 * Writes a sealed snapshot as a dataset; its file is checked against the chain first.
 * @throws InputError NOT_SEALED, UNKNOWN_SNAPSHOT; ProofError for a false file; StorageError MISSING_CONTENT
 */
export async function exportSnapshot(session: Session, { datanetId, snapshot: wanted, format, language }: ExportInput): Promise<Exported> {
  const snapshotId = wanted ?? (await readDatanet(session.reader, datanetId)).latestSnapshot
  if (snapshotId === zeroHash) fail('NOT_SEALED', `datanet ${datanetId} has no sealed snapshot`, { fix: `seal it with: openledger seal --datanet ${datanetId}` })
  const state = await readSnapshot(session.reader, snapshotId)
  if (!state || state.datanetId !== datanetId) return fail('UNKNOWN_SNAPSHOT', `datanet ${datanetId} has no snapshot ${snapshotId}`, { field: '--snapshot', fix: `see openledger datanet show ${datanetId}` })
  const { sealedAt, number, ...snapshot } = state
  const { records } = readSnapshotFile(await fetchContent(session, cidOfDigest(snapshot.contentHash)), snapshot)
  const { name, description } = await session.node.datanet(datanetId.toString())
  const about = { name, description, url: `urn:openledger:${session.network.chainId}:datanet:${datanetId}`, languages: [language], sealedAt: Number(sealedAt), version: Number(number) }
  return { snapshotId, recordCount: records.length, text: write({ snapshotId, snapshot, records }, about, format) }
}
