import type { ContentStore } from '@openledger/datanet'
import { compareHex, epochFileSchema, EpochTrees, readArtefact, type Hex } from '@openledger/protocol'
import type { EpochHeader, ReceiptOpening } from '@openledger/sdk'
import type { Address } from 'viem'
import { errorFields, type Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'

export type InclusionParts = {
  gateway: Address
  query: Query
  content: ContentStore
  log: Log
  chain: {
    /** The header of an epoch that stands; null when none does. */
    header(index: number): Promise<EpochHeader | null>
    /** Shows the court a receipt in its epoch; anyone may. */
    show(epoch: EpochHeader, opening: ReceiptOpening): Promise<void>
  }
}

type Row = { block: string; log_index: number; id: Hex; index: number | null; cid: string | null }

const unanswered = `select e.block_number::text as block, e.log_index, e.args->>'receiptId' as id, p.index, p.cid
  from chain_events e left join epoch_receipts r on r.receipt_id = e.args->>'receiptId' left join epochs p on p.gateway = r.gateway and p.index = r.epoch
  where e.name = 'InclusionCourt.InclusionSummoned' and e.args->>'gateway' = $1 and not exists (
    select 1 from chain_events d where (d.block_number, d.log_index) > (e.block_number, e.log_index) and d.name in ('InclusionCourt.InclusionShown', 'InclusionCourt.PromiseBroken')
      and d.args->>'gateway' = $1 and d.args->>'receiptId' = e.args->>'receiptId'
  ) order by e.block_number, e.log_index`

const decided = ['NOT_SUMMONED', 'TOO_LATE']

/** Shows the court the receipts that this gateway promised to settle and is summoned for, so that a false summons pays for its answer. */
export class InclusionAnswerer {
  readonly #parts: InclusionParts
  /** Answered by this process, or past answering: the chain's event may come later than the next look. */
  readonly #done = new Set<string>()
  #queue: Promise<void> = Promise.resolve()

  constructor(parts: InclusionParts) {
    this.#parts = parts
  }

  /** Answers every summons that the tables know and that is not answered yet. Failures are logged, and tried again by the next call. */
  answerAll(): Promise<void> {
    return (this.#queue = this.#queue.then(() => this.#answerAll()))
  }

  async #answerAll(): Promise<void> {
    const { gateway, query, log } = this.#parts
    try {
      // One epoch's file is large and summonses of one epoch come together: it is read once a round.
      const trees = new Map<string, EpochTrees>()
      for (const row of await query<Row>(unanswered, [gateway.toLowerCase()])) {
        const key = `${row.block} ${row.log_index}`
        if (!this.#done.has(key)) await this.#answerOne(key, row, trees)
      }
    } catch (error) {
      log.warn('inclusion.failed', errorFields(error))
    }
  }

  async #answerOne(key: string, { id, index, cid }: Row, known: Map<string, EpochTrees>): Promise<void> {
    const { chain, content, log } = this.#parts
    const about = { receipt: id, epoch: index }
    try {
      const header = index === null ? null : await chain.header(index)
      if (cid === null || !header) {
        // It waits for its epoch, or that is about to be posted: the next event of the chain is the next occasion.
        log.warn('inclusion.waiting', about)
        return
      }
      const trees = known.get(cid) ?? new EpochTrees(readArtefact(epochFileSchema, await content.get(cid)))
      known.set(cid, trees)
      const place = trees.file.receipts.findIndex((receipt) => receipt.id === id)
      if (place < 0 || compareHex(trees.receiptsRoot, header.receiptsRoot) !== 0) {
        log.warn('inclusion.unanswerable', about)
        return
      }
      await chain.show(header, trees.receipt(place))
      this.#done.add(key)
      log.info('inclusion.shown', about)
    } catch (error) {
      // Somebody else was faster, or the time is over.
      if (decided.includes((error as { code?: string }).code ?? '')) this.#done.add(key)
      log.warn('inclusion.failed', { ...about, ...errorFields(error) })
    }
  }
}
