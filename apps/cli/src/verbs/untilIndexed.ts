import { askChain } from '../context/askChain.ts'
import type { Session } from '../context/Session.ts'
import { waitUntil } from './waitUntil.ts'

/** Waits until the node has read the chain up to the block that is the newest now. */
export async function untilIndexed({ reader, node }: Pick<Session, 'reader' | 'node'>, timeoutMs = 30_000): Promise<void> {
  const head = Number(await askChain(reader, 'block number', (client) => client.getBlockNumber({ cacheTime: 0 })))
  const ask = async (): Promise<true | undefined> => ((await node.status()).chain.indexedBlock >= head ? true : undefined)
  await waitUntil(ask, { what: `the node has read block ${head} of the chain`, timeoutMs })
}
