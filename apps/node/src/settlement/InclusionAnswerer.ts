import type { ContentStore } from '@openledger/datanet'
import { compareHex, type Hex } from '@openledger/protocol'
import type { EpochHeader, ReceiptOpening } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { Answerer } from './Answerer.ts'
import { epochTreesOf } from './epochTreesOf.ts'

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

/** Shows the court the receipts that this gateway promised to settle and is summoned for, so that a false summons pays for its answer. */
export class InclusionAnswerer extends Answerer<Row> {
  constructor({ gateway, query, content, log, chain }: InclusionParts) {
    const aboutOf = ({ id, index }: Row): { receipt: Hex; epoch: number | null } => ({ receipt: id, epoch: index })
    super({
      event: 'inclusion',
      log,
      decided: ['NOT_SUMMONED', 'TOO_LATE'],
      rows: () => query<Row>(unanswered, [gateway.toLowerCase()]),
      keyOf: (row) => `${row.block} ${row.log_index}`,
      about: aboutOf,
      round: () => {
        const treesOf = epochTreesOf(content)
        return async (row) => {
          const header = row.index === null ? null : await chain.header(row.index)
          if (row.cid === null || !header) {
            // It waits for its epoch, or that is about to be posted: the next event of the chain is the next occasion.
            log.warn('inclusion.waiting', aboutOf(row))
            return false
          }
          const trees = await treesOf(row.cid)
          const place = trees.file.receipts.findIndex((receipt) => receipt.id === row.id)
          if (place < 0 || compareHex(trees.receiptsRoot, header.receiptsRoot) !== 0) {
            log.warn('inclusion.unanswerable', aboutOf(row))
            return false
          }
          await chain.show(header, trees.receipt(place))
          log.info('inclusion.shown', aboutOf(row))
          return true
        }
      },
    })
  }
}
