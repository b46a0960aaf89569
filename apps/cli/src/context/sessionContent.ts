import { FallbackStore, type ContentStore } from '@openledger/datanet'
import type { NodeApi } from './NodeApi.ts'

/** The data folder's files, and behind them the node's, which are checked as they come. What neither has is said to be missing. */
export function sessionContent({ content, node }: { content: ContentStore; node: Pick<NodeApi, 'content'> }): ContentStore {
  return new FallbackStore(content, (cid, missing) =>
    node.content(cid).catch(() => {
      throw missing
    }),
  )
}
