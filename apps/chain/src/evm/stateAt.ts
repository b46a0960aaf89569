import { MerklePatriciaTrie } from '@ethereumjs/mpt'
import { Caches, CacheType, MerkleStateManager } from '@ethereumjs/statemanager'
import { ValueEncoding, type DB } from '@ethereumjs/util'
import type { ChainCommon } from './ChainCommon.ts'

export type StateOptions = {
  /** True for a state that lives long and is written; false for one read or simulation. */
  lasting: boolean
}

// A block of 30 million gas touches at most some 14,000 slots: a cache of this size never drops one that is not yet written.
const lastingCache = { type: CacheType.LRU, size: 100_000 }

/** Opens the state with this root. Nothing is read until it is asked for. */
export function stateAt(common: ChainCommon, nodes: DB<string, string | Uint8Array>, root: Uint8Array, options: StateOptions): MerkleStateManager {
  const trie = new MerklePatriciaTrie({
    db: nodes,
    valueEncoding: ValueEncoding.Bytes,
    useKeyHashing: true,
    common,
    cacheSize: options.lasting ? 50_000 : 0,
  })
  trie.root(root)
  const caches = options.lasting ? new Caches({ account: lastingCache, storage: lastingCache, code: { type: CacheType.LRU, size: 1_000 } }) : new Caches()
  return new MerkleStateManager({ common, trie, caches })
}
