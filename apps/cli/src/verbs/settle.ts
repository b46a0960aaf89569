import type { EpochView } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { waitUntil } from './waitUntil.ts'

export type SettleInput = { /** How long to wait until the epoch is posted, milliseconds; default 60,000. */ timeoutMs?: number }

/**
 * Settles all paid answers that no epoch holds yet, and waits until the chain has the epoch and the node has seen it.
 * @returns the epoch, or null when there was nothing to settle
 */
export async function settle({ node }: Pick<Session, 'node'>, { timeoutMs = 60_000 }: SettleInput = {}): Promise<EpochView | null> {
  const before = new Set((await node.epochs()).map((e) => e.index))
  const settled = await node.settle()
  if (settled === null) return null
  const find = async (): Promise<EpochView | undefined> => {
    const epochs = await node.epochs()
    return epochs.find((e) => e.index === settled.index) ?? epochs.find((e) => !before.has(e.index))
  }
  return waitUntil(find, { what: `epoch ${settled.index} is posted`, timeoutMs })
}
