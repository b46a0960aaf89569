import type { Hex } from '@openledger/protocol'
import type { Log } from '../config/Log.ts'
import type { GradientHost } from '../engine/GradientHost.ts'
import type { NodeMetrics } from '../metrics/NodeMetrics.ts'
import type { ContentPlace } from '../content/openContent.ts'
import { noGradients } from '../worker/HeldAdapters.ts'
import { AttributionThread } from './AttributionThread.ts'
import { attributeReceipt, type ReceiptAttributionParts } from './attributeReceipt.ts'
import { ReadoutQueue, type ReadoutJob } from './ReadoutQueue.ts'

export type ReadoutParts = Omit<ReceiptAttributionParts, 'thread'> & {
  /** Null when this node cannot attribute: what is open is failed at its deadline. */
  engine: GradientHost | null
  contentPlace: ContentPlace
  /** Where files are fetched that it lacks. */
  gatewayUrl?: string
  /** What was open when the node ended. */
  open: readonly ReadoutJob[]
  /** Records that an answer was not attributed in time. */
  forfeit: (receiptId: Hex, reason: string) => Promise<void>
  metrics: Pick<NodeMetrics, 'attributed'>
  log: Log
  most: number
}

/** The queue of attributions, and what ends it. */
export type Readouts = { queue: ReadoutQueue; close(): Promise<void> }

/** Makes a node's queue of attributions, with all that were open when the node ended. It does not begin yet. */
export function openReadouts({ engine, contentPlace, gatewayUrl, open, forfeit, metrics, log, most, ...parts }: ReadoutParts): Readouts {
  const { clock } = parts
  const thread = engine && new AttributionThread(engine, contentPlace, gatewayUrl)
  const queue = new ReadoutQueue({
    attribute: (receiptId) => (thread ? attributeReceipt({ ...parts, thread }, receiptId) : noGradients()),
    forfeit: (receiptId, reason) => forfeit(receiptId, reason.slice(0, 500)),
    abandon: () => {
      thread?.restart()
      engine?.restart()
    },
    onOutcome: (outcome, ms) => metrics.attributed(outcome, ms),
    clock,
    log,
    most,
  })
  for (const job of open) queue.add(job)
  const close = async (): Promise<void> => {
    const stopped = queue.close()
    // What is being measured is not waited for: it is begun again at the next start.
    await thread?.close()
    await engine?.close()
    await stopped
  }
  return { queue, close }
}
