import { contributorsOf, readInfluenceTable, type AtomMember } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import type { RunManifest } from '@openledger/protocol'

/** Each contributor's training weight in an adapter, sorted by address: what its answers pay by where nothing else is known. */
export async function readWeights(content: ContentStore, { influenceTable }: Pick<RunManifest, 'influenceTable'>): Promise<AtomMember[]> {
  return contributorsOf(readInfluenceTable(await content.get(influenceTable)).atoms)
}
