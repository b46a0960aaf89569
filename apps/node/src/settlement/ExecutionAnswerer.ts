import { executionOpening, readArtefact, receiptBundleSchema, type ExecutionOpening, type Hex, type Receipt } from '@openledger/protocol'
import type { Address } from 'viem'
import { errorFields, type Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'

export type ExecutionParts = {
  node: Address
  /** Its own bundles of other nodes' answers are opened too: their nodes may be away. */
  gateway: Address
  query: Query
  log: Log
  /** Opens an answer to the court; anyone may, so it does not matter whose account pays for it. */
  open(receipt: Receipt, opening: ExecutionOpening): Promise<void>
}

const unanswered = `select e.args->>'receiptId' as id, e.args->>'number' as number, r.bundle from chain_events e left join receipts r on r.id = e.args->>'receiptId'
  where e.name = 'ExecutionCourt.ExecutionSummoned' and (e.args->>'node' = $1 or e.args->>'gateway' = $2) and not exists (
    select 1 from chain_events d where d.name in ('ExecutionCourt.ExecutionOpened', 'ExecutionCourt.ExecutionJudged')
      and d.args->>'receiptId' = e.args->>'receiptId' and d.args->>'number' = e.args->>'number'
  ) order by e.block_number, e.log_index`

const decided = ['WRONG_STAGE', 'TOO_LATE']

/** Opens the answers that this node, or a node of this gateway, is called upon to open, drawn or challenged: silence would cost as much as a wrong answer. */
export class ExecutionAnswerer {
  readonly #parts: ExecutionParts
  /** Opened by this process, or past opening: the chain's event may come later than the next look. */
  readonly #done = new Set<string>()
  #queue: Promise<void> = Promise.resolve()

  constructor(parts: ExecutionParts) {
    this.#parts = parts
  }

  /** Opens every answer that the tables know to be asked for and not opened yet. Failures are logged, and tried again by the next call. */
  answerAll(): Promise<void> {
    return (this.#queue = this.#queue.then(() => this.#answerAll()))
  }

  async #answerAll(): Promise<void> {
    const { node, gateway, query, log } = this.#parts
    try {
      for (const { id, number, bundle } of await query<{ id: Hex; number: string; bundle: string | null }>(unanswered, [node.toLowerCase(), gateway.toLowerCase()])) {
        const key = `${id} ${number}`
        if (!this.#done.has(key)) await this.#answerOne(key, id, bundle)
      }
    } catch (error) {
      log.warn('execution.failed', errorFields(error))
    }
  }

  async #answerOne(key: string, id: Hex, text: string | null): Promise<void> {
    const { open, log } = this.#parts
    if (text === null) {
      // It may be on its way into the tables: the next event of the chain is the next occasion.
      log.warn('execution.unknown', { receipt: id })
      return
    }
    try {
      const bundle = readArtefact(receiptBundleSchema, text)
      await open(bundle.receipt.statement, executionOpening(bundle))
      this.#done.add(key)
      log.info('execution.opened', { receipt: id })
    } catch (error) {
      // Somebody else was faster, or the time is over.
      if (decided.includes((error as { code?: string }).code ?? '')) this.#done.add(key)
      log.warn('execution.failed', { receipt: id, ...errorFields(error) })
    }
  }
}
