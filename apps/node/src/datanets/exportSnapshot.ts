import { croissantMetadata, datasetCard, exportCsv, exportJsonl, readSnapshotFile, type ContentStore, type DatasetDescription } from '@openledger/datanet'
import { fail, type Hex } from '@openledger/protocol'
import type { Query } from '../database/Database.ts'

export const exportFormats = ['jsonl', 'csv', 'croissant', 'card'] as const
export type ExportFormat = (typeof exportFormats)[number]

type Row = { datanet_id: string; cid: string; name: string | null; description: string | null; sealed: string | null; number: string | null }

/**
 * A sealed snapshot in a form that others read: JSON Lines, CSV, Croissant metadata, or a dataset card.
 * @param origin where this node is reached, for links
 * @throws InputError UNKNOWN_SNAPSHOT, NOT_SEALED
 */
export async function exportSnapshot(parts: { query: Query; content: ContentStore }, id: Hex, format: ExportFormat, origin: string): Promise<{ body: Uint8Array; contentType: string; name: string }> {
  const [row] = await parts.query<Row>(
    `select s.datanet_id, s.cid, m.name, m.description, e.time as sealed, e.args->>'number' as number from snapshots s left join datanet_metadata m on m.datanet_id = s.datanet_id
     left join chain_events e on e.name = 'Datanets.SnapshotSealed' and e.args->>'snapshotId' = s.id where s.id = $1`,
    [id],
  )
  if (!row) fail('UNKNOWN_SNAPSHOT', 'no such snapshot is known here', { status: 404 })
  if (row.sealed === null) fail('NOT_SEALED', 'this snapshot is not sealed on the chain', { status: 409, fix: 'seal it first' })
  const { snapshot, records } = readSnapshotFile(await parts.content.get(row.cid))
  const source = { snapshotId: id, snapshot, records }
  const about: DatasetDescription = {
    name: row.name ?? `datanet ${row.datanet_id}`,
    description: row.description ?? '',
    url: `${origin}/#/datanets/${row.datanet_id}`,
    languages: [],
    sealedAt: Number(row.sealed),
    version: Number(row.number ?? 1),
  }
  const stem = `datanet-${row.datanet_id}-v${about.version}`
  const text = (value: string): Uint8Array => new TextEncoder().encode(value)
  switch (format) {
    case 'jsonl':
      return { body: exportJsonl(source), contentType: 'application/jsonl; charset=utf-8', name: `${stem}.jsonl` }
    case 'csv':
      return { body: exportCsv(source), contentType: 'text/csv; charset=utf-8', name: `${stem}.csv` }
    case 'croissant':
      return { body: text(JSON.stringify(croissantMetadata(source, about, `${origin}/api/snapshots/${id}/export?format=jsonl`), null, 2)), contentType: 'application/ld+json', name: `${stem}.croissant.json` }
    case 'card':
      return { body: text(datasetCard(source, about)), contentType: 'text/markdown; charset=utf-8', name: `${stem}.md` }
  }
}
