import { readArtefact, receiptBundleSchema, type Hex, type ReceiptBundle } from '@openledger/protocol'
import type { Address } from 'viem'
import { errorFields, type Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'

export type SummonsParts = {
  node: Address
  query: Query
  log: Log
  /** Shows an Attribution to the court; anyone may, so it does not matter whose account pays for it. */
  answer(completion: NonNullable<ReceiptBundle['completion']>): Promise<void>
}

const unanswered = `select e.args->>'receiptId' as id, r.bundle from chain_events e left join receipts r on r.id = e.args->>'receiptId'
  where e.name = 'AttributionCourt.Summoned' and (e.args->>'node' = $1 or r.id is not null) and not exists (
    select 1 from chain_events d where d.name in ('AttributionCourt.AttributionShown', 'AttributionCourt.Convicted') and d.args->>'receiptId' = e.args->>'receiptId'
  )`

/** Shows the court the Attributions that this node, or another one that answers for this gateway, is summoned to show, so that no false summons costs it anything but a transaction, which the deposit pays. */
export class SummonsAnswerer {
  readonly #parts: SummonsParts
  /** Answered by this process, or past answering: the chain's event may come later than the next look. */
  readonly #done = new Set<string>()
  #queue: Promise<void> = Promise.resolve()

  constructor(parts: SummonsParts) {
    this.#parts = parts
  }

  /** Answers every summons that the tables know and that is not answered yet. Failures are logged, and tried again by the next call. */
  answerAll(): Promise<void> {
    return (this.#queue = this.#queue.then(() => this.#answerAll()))
  }

  async #answerAll(): Promise<void> {
    const { node, query, log } = this.#parts
    try {
      for (const { id, bundle } of await query<{ id: Hex; bundle: string | null }>(unanswered, [node.toLowerCase()])) await this.#answerOne(id, bundle)
    } catch (error) {
      log.warn('summons.failed', errorFields(error))
    }
  }

  async #answerOne(id: Hex, bundle: string | null): Promise<void> {
    const { answer, log } = this.#parts
    if (this.#done.has(id)) return
    const completion = bundle === null ? undefined : readArtefact(receiptBundleSchema, bundle).completion
    if (!completion) {
      this.#done.add(id)
      log.warn('summons.unanswerable', { receipt: id })
      return
    }
    try {
      await answer(completion)
      log.info('summons.answered', { receipt: id })
      this.#done.add(id)
    } catch (error) {
      const { code } = error as { code?: string }
      // Somebody else was faster, or the window is over.
      if (code === 'NOT_SUMMONED' || code === 'TOO_LATE') this.#done.add(id)
      log.warn('summons.failed', { receipt: id, ...errorFields(error) })
    }
  }
}
