import type { ContentStore } from '@openledger/datanet'
import { OpenLedgerError, type Hex } from '@openledger/protocol'
import type { OpenLedgerClient } from '@openledger/sdk'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { ReadoutJob } from '../readout/ReadoutQueue.ts'
import type { SignedReceipts } from './SignedReceipts.ts'

export type AttributionDeliveryParts = { receipts: SignedReceipts; client: Pick<OpenLedgerClient, 'sendAttribution'>; content: ContentStore; clock: Clock; log: Log }

type Waiting = ReadoutJob & { notBefore: number; pauseMs: number }

const firstPauseMs = 250
const longestPauseMs = 30_000
/** The gateway counts what it gets so long after a deadline, if it was signed before it. Seconds. */
const graceSeconds = 25

/** Brings attributions that were written down to the gateway, until it has them or does not want them. */
export class AttributionDelivery {
  readonly #parts: AttributionDeliveryParts
  readonly #waiting = new Map<Hex, Waiting>()
  readonly #stop = new AbortController()
  #wake = new AbortController()
  #loop: Promise<void> | undefined

  constructor(parts: AttributionDeliveryParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#waiting.size
  }

  add({ receiptId, deadline }: ReadoutJob): void {
    this.#waiting.set(receiptId, { receiptId, deadline, notBefore: 0, pauseMs: firstPauseMs })
    this.#wake.abort()
  }

  /** Begins to deliver. */
  start(): void {
    this.#loop ??= this.#run()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController()
      const now = clock.now()
      const jobs = [...this.#waiting.values()]
      const next = jobs.find(({ notBefore }) => notBefore <= now)
      if (next) await this.#send(next)
      else await clock.sleep(Math.min(longestPauseMs, ...jobs.map(({ notBefore }) => notBefore - now)), AbortSignal.any([this.#wake.signal, this.#stop.signal]))
    }
  }

  async #send(job: Waiting): Promise<void> {
    const { receipts, client, content, clock, log } = this.#parts
    const { receiptId, deadline } = job
    try {
      const signed = receipts.attribution(receiptId)
      if (signed) {
        const { queryVector, statement, signature, document } = signed
        const file = Buffer.from(await content.get(queryVector)).toString('base64')
        const { recorded } = await client.sendAttribution({ attribution: { statement, signature }, document, queryVector: file })
        await receipts.end(receiptId, recorded ? 'delivered' : 'unwanted')
      }
      this.#waiting.delete(receiptId)
    } catch (error) {
      log.warn('attribution.undelivered', { receipt: receiptId, ...errorFields(error) })
      job.notBefore = clock.now() + job.pauseMs
      job.pauseMs = Math.min(longestPauseMs, 2 * job.pauseMs)
      // What the gateway refuses once it refuses again.
      const refused = error instanceof OpenLedgerError && error.action !== 'retry'
      if (!refused && clock.now() / 1000 <= deadline + graceSeconds) return
      this.#waiting.delete(receiptId)
      await receipts.end(receiptId, refused ? 'unwanted' : 'late').catch((cause: unknown) => log.error('receipts.unwritten', errorFields(cause)))
    }
  }
}
