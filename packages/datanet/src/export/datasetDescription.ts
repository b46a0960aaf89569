import type { SnapshotRecord } from '../snapshot/snapshotRecord.ts'

/** What people say about a datanet; the rest of its metadata is computed from the snapshot. */
export type DatasetDescription = {
  name: string
  description: string
  /** Where the datanet is shown. */
  url: string
  /** Languages as BCP 47 tags, for example en. */
  languages: readonly string[]
  keywords?: readonly string[]
  /** Seconds since 1970: when the snapshot was sealed. */
  sealedAt: number
  /** The datanet's version, counted from 1. */
  version: number
}

/** Each licence among the records with its number of records, the most frequent first. */
export function licenceCounts(records: readonly SnapshotRecord[]): { licence: string; records: number }[] {
  const counts = new Map<string, number>()
  for (const { licence } of records) counts.set(licence, (counts.get(licence) ?? 0) + 1)
  return [...counts].map(([licence, n]) => ({ licence, records: n })).sort((a, b) => b.records - a.records || (a.licence < b.licence ? -1 : 1))
}

/** The page of an SPDX licence. */
export function licenceUrl(licence: string): string {
  return `https://spdx.org/licenses/${licence}.html`
}
