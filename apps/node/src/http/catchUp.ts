import type { NodeParts } from './NodeParts.ts'

const longestMs = 10_000

/** Waits until the newest block is in the tables, for answers that depend on it; not for ever. Throws UnavailableError CHAIN_AWAY. */
export async function catchUp({ chain, indexer, clock }: Pick<NodeParts, 'chain' | 'indexer' | 'clock'>): Promise<void> {
  const head = await chain.blockNumber()
  const late = new AbortController()
  await Promise.race([indexer.reached(head), clock.sleep(longestMs, late.signal)])
  late.abort()
}
