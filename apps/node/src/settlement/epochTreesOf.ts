import type { ContentStore } from '@openledger/datanet'
import { epochFileSchema, EpochTrees, readArtefact } from '@openledger/protocol'

/** Reads epochs' files by their content ids, each once: one file is large, and summonses of one epoch come together. Keeps every file it read, so it should live for one round. */
export function epochTreesOf(content: ContentStore): (cid: string) => Promise<EpochTrees> {
  const known = new Map<string, EpochTrees>()
  return async (cid) => {
    const trees = known.get(cid) ?? new EpochTrees(readArtefact(epochFileSchema, await content.get(cid)))
    known.set(cid, trees)
    return trees
  }
}
