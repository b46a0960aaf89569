import type { AttributionDocument } from '@openledger/attribution'
import type { SourceView } from '@openledger/sdk'
import type { Names } from '../keys/Names.ts'

/** Where each token begins in a text, in UTF-16 units, and the end; tokens may end inside a character, which then belongs to the first of them. */
export function tokenOffsets(pieces: readonly Uint8Array[]): number[] {
  const offsets = [0]
  let at = 0
  for (const piece of pieces) {
    for (const byte of piece) {
      // The first byte of a character tells how many units it takes: two for those of four bytes.
      if ((byte & 0xc0) !== 0x80) at += byte >= 0xf0 ? 2 : 1
    }
    offsets.push(at)
  }
  return offsets
}

/** The spans of an answer as places in its text. */
export async function sourcesOf(document: Pick<AttributionDocument, 'spans'>, pieces: readonly Uint8Array[], text: string, names: Names): Promise<SourceView[]> {
  const offsets = tokenOffsets(pieces)
  const sources: SourceView[] = []
  for (const span of document.spans) {
    const start = Math.min(offsets[span.start] ?? 0, text.length)
    const end = Math.min(offsets[span.start + span.length] ?? text.length, text.length)
    if (end <= start) continue
    const { recordId, contributor } = span.source
    sources.push({ start, end, text: text.slice(start, end), recordId, contributor, contributorName: await names.of(contributor), copies: span.records - 1, weight: span.weight })
  }
  return sources
}
