import type { Hex } from '@openledger/protocol'
import type { Log } from '../config/Log.ts'
import { noGradients } from '../deployments/ServedModels.ts'
import type { GradientHost } from '../engine/GradientHost.ts'
import type { NodeMetrics } from '../metrics/NodeMetrics.ts'
import { AttributionThread } from './AttributionThread.ts'
import { attributeReceipt, type ReceiptAttributionParts } from './attributeReceipt.ts'
import { ReadoutQueue } from './ReadoutQueue.ts'

export type ReadoutParts = Omit<ReceiptAttributionParts, 'thread'> & {
  /** Null when this node cannot attribute: what is open is failed at its deadline. */
  engine: GradientHost | null
  /** The folder of the content store. */
  contentFolder: string
  metrics: NodeMetrics
  log: Log
  most: number
}

/** The queue of attributions, and what ends it. */
export type Readouts = { queue: ReadoutQueue; close(): Promise<void> }

/** Makes the queue of attributions, with all that were open when the node ended. It does not begin yet. */
export async function openReadouts({ engine, contentFolder, metrics, log, most, ...parts }: ReadoutParts): Promise<Readouts> {
  const { query, ledger, clock, account } = parts
  const thread = engine && new AttributionThread(engine, contentFolder)
  const node = account.address.toLowerCase() as Hex
  const queue = new ReadoutQueue({
    attribute: (receiptId) => (thread ? attributeReceipt({ ...parts, thread }, receiptId) : noGradients()),
    forfeit: async (receiptId, reason) => void (await ledger.record('attributionFailed', { receiptId, node, reason: reason.slice(0, 500) })),
    abandon: () => {
      thread?.restart()
      engine?.restart()
    },
    onOutcome: (outcome, ms) => metrics.attributed(outcome, ms),
    clock,
    log,
    most,
  })
  const open = await query<{ id: Hex; attribution_deadline: string }>(`select id, attribution_deadline from receipts where attribution = 'pending' and node = $1 order by seq`, [node])
  for (const row of open) queue.add({ receiptId: row.id, deadline: Number(row.attribution_deadline) })
  metrics.gauge('attributions_waiting', 'Answers that wait for their attribution', () => queue.size)
  const close = async (): Promise<void> => {
    const stopped = queue.close()
    // What is being measured is not waited for: it is begun again at the next start.
    await thread?.close()
    await engine?.close()
    await stopped
  }
  return { queue, close }
}
