import type { Hex } from '@openledger/protocol'
import type { Log } from '../config/Log.ts'
import { noGradients } from '../deployments/ServedModels.ts'
import type { GradientHost } from '../engine/GradientHost.ts'
import type { NodeMetrics } from '../metrics/NodeMetrics.ts'
import { attributeReceipt, type ReceiptAttributionParts } from './attributeReceipt.ts'
import { ReadoutQueue } from './ReadoutQueue.ts'

export type ReadoutParts = Omit<ReceiptAttributionParts, 'engine'> & {
  /** Null when this node cannot attribute: what is open is failed at its deadline. */
  engine: GradientHost | null
  metrics: NodeMetrics
  log: Log
  most: number
}

/** Makes the queue of attributions, with all that were open when the node ended. It does not begin yet. */
export async function openReadouts({ engine, metrics, log, most, ...parts }: ReadoutParts): Promise<ReadoutQueue> {
  const { query, ledger, clock, account } = parts
  const node = account.address.toLowerCase() as Hex
  const queue = new ReadoutQueue({
    attribute: (receiptId) => (engine ? attributeReceipt({ ...parts, engine }, receiptId) : noGradients()),
    forfeit: async (receiptId, reason) => void (await ledger.record('attributionFailed', { receiptId, node, reason: reason.slice(0, 500) })),
    abandon: () => engine?.restart(),
    onOutcome: (outcome, ms) => metrics.attributed(outcome, ms),
    clock,
    log,
    most,
  })
  const open = await query<{ id: Hex; attribution_deadline: string }>(`select id, attribution_deadline from receipts where attribution = 'pending' and node = $1 order by seq`, [node])
  for (const row of open) queue.add({ receiptId: row.id, deadline: Number(row.attribution_deadline) })
  metrics.gauge('attributions_waiting', 'Answers that wait for their attribution', () => queue.size)
  return queue
}

/** Ends the queue: the engine is closed first, so that nothing is waited for. */
export async function closeReadouts(queue: ReadoutQueue, engine: GradientHost | null): Promise<void> {
  const stopped = queue.close()
  await engine?.close()
  await stopped
}
