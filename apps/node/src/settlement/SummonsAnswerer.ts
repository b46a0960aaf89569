import { readArtefact, receiptBundleSchema, type Hex, type ReceiptBundle } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { Answerer } from './Answerer.ts'

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

type Row = { id: Hex; bundle: string | null }

/** Shows the court the Attributions that this node, or another one that answers for this gateway, is summoned to show, so that no false summons costs it anything but a transaction, which the deposit pays. */
export class SummonsAnswerer extends Answerer<Row> {
  constructor({ node, query, log, answer }: SummonsParts) {
    const aboutOf = ({ id }: Row): { receipt: Hex } => ({ receipt: id })
    super({
      event: 'summons',
      log,
      decided: ['NOT_SUMMONED', 'TOO_LATE'],
      rows: () => query<Row>(unanswered, [node.toLowerCase()]),
      keyOf: ({ id }) => id,
      about: aboutOf,
      round: () => async (row) => {
        const completion = row.bundle === null ? undefined : readArtefact(receiptBundleSchema, row.bundle).completion
        if (!completion) {
          log.warn('summons.unanswerable', aboutOf(row))
          return true
        }
        await answer(completion)
        log.info('summons.answered', aboutOf(row))
        return true
      },
    })
  }
}
