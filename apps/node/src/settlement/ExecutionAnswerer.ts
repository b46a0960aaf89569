import { executionOpening, readArtefact, receiptBundleSchema, type ExecutionOpening, type Hex, type Receipt } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { Answerer } from './Answerer.ts'

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

type Row = { id: Hex; number: string; bundle: string | null }

/** Opens the answers that this node, or a node of this gateway, is called upon to open, drawn or challenged: silence would cost as much as a wrong answer. */
export class ExecutionAnswerer extends Answerer<Row> {
  constructor({ node, gateway, query, log, open }: ExecutionParts) {
    const aboutOf = ({ id }: Row): { receipt: Hex } => ({ receipt: id })
    super({
      event: 'execution',
      log,
      decided: ['WRONG_STAGE', 'TOO_LATE'],
      rows: () => query<Row>(unanswered, [node.toLowerCase(), gateway.toLowerCase()]),
      keyOf: ({ id, number }) => `${id} ${number}`,
      about: aboutOf,
      round: () => async (row) => {
        if (row.bundle === null) {
          // It may be on its way into the tables: the next event of the chain is the next occasion.
          log.warn('execution.unknown', aboutOf(row))
          return false
        }
        const bundle = readArtefact(receiptBundleSchema, row.bundle)
        await open(bundle.receipt.statement, executionOpening(bundle))
        log.info('execution.opened', aboutOf(row))
        return true
      },
    })
  }
}
