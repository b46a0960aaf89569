import { contributorsOf, readInfluenceTable, readSpanIndex, SpanFinder, type InfluenceTable, type SpanIndex } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import type { Hex, RunManifest } from '@openledger/protocol'
import type { Address } from 'viem'

/** What the attribution of an adapter's answers needs, read once. */
export type AdapterEvidence = {
  table: InfluenceTable
  index: SpanIndex
  /** The finder over records that are not revoked. */
  finder: SpanFinder
  /** Each contributor's training weight. */
  weights: { contributor: Address; trainingWeight: number }[]
}

/** Reads an adapter's influence table and span index. */
export async function readEvidence(content: ContentStore, manifest: RunManifest, revoked: ReadonlySet<Hex>): Promise<AdapterEvidence> {
  const table = readInfluenceTable(await content.get(manifest.influenceTable))
  const index = readSpanIndex(await content.get(manifest.spanIndex))
  return {
    table,
    index,
    finder: new SpanFinder(index, revoked),
    weights: contributorsOf(table.atoms),
  }
}

/** The same evidence with other records revoked. */
export function withRevoked(evidence: AdapterEvidence, revoked: ReadonlySet<Hex>): AdapterEvidence {
  const { finder, index } = evidence
  const same = finder.revoked.size === revoked.size && [...revoked].every((id) => finder.revoked.has(id))
  return same ? evidence : { ...evidence, finder: new SpanFinder(index, revoked) }
}
