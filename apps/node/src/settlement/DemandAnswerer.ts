import type { ContentStore } from '@openledger/datanet'
import { compareHex, type EpochTrees } from '@openledger/protocol'
import { epochLists, type EntryDemand, type EntryReveal, type EpochHeader } from '@openledger/sdk'
import { zeroAddress, type Address } from 'viem'
import type { Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { Answerer } from './Answerer.ts'
import { epochTreesOf } from './epochTreesOf.ts'

export type DemandParts = {
  gateway: Address
  query: Query
  content: ContentStore
  log: Log
  chain: {
    /** The header of an epoch that stands; null when none does. */
    header(index: number): Promise<EpochHeader | null>
    /** Shows an entry to the court; anyone may. */
    reveal(demand: EntryDemand, entry: EntryReveal): Promise<void>
  }
}

type Row = { block: string; log_index: number; index: string; list: number; place: string; cid: string | null }

const unanswered = `select e.block_number::text as block, e.log_index, e.args->>'index' as index, (e.args->>'list')::int as list, e.args->>'place' as place, p.cid
  from chain_events e left join epochs p on p.gateway = $1 and p.index = (e.args->>'index')::int
  where e.name = 'EpochCourt.Demanded' and e.args->>'gateway' = $1 and not exists (
    select 1 from chain_events d where (d.block_number, d.log_index) > (e.block_number, e.log_index) and d.args->>'gateway' = $1 and d.args->>'index' = e.args->>'index' and (
      d.name = 'Epochs.EpochVoided' or (d.name = 'EpochCourt.Revealed' and d.args->>'list' = e.args->>'list' and d.args->>'place' = e.args->>'place')
    )
  ) order by 1, 2`

/** What an epoch's trees answer to a demand; undefined where the file has no such entry. A balance behind the last one is answered by any balance, or by none of none. */
function entryOf(trees: EpochTrees, list: EntryDemand['list'], place: number): EntryReveal | undefined {
  const { receipts, lines, balances } = trees.file
  const { length } = { receipts, lines, balances }[list]
  if (list === 'balances') {
    const nothing = { balance: { payee: zeroAddress, cumulative: 0n }, proof: { index: 0, count: 0, siblings: [] } }
    return { list, opening: length === 0 ? nothing : trees.balance(Math.min(place, length - 1)) }
  }
  if (place >= length) return undefined
  if (list === 'lines') return { list, opening: trees.line(place) }
  const entry = receipts[place]!
  return { list, opening: trees.receipt(place), signed: entry, shares: entry.shares }
}

/** Whether the chain holds the epoch that the file describes. */
const isOwn = (trees: EpochTrees, header: EpochHeader): boolean => (['receiptsRoot', 'linesRoot', 'balancesRoot'] as const).every((root) => compareHex(trees[root], header[root]) === 0)

/** Shows the court the entries of this gateway's epochs that somebody demands to see: the deposit pays for it, silence would void the epoch. */
export class DemandAnswerer extends Answerer<Row> {
  constructor({ gateway, query, content, log, chain }: DemandParts) {
    const aboutOf = ({ index, list, place }: Row): { epoch: number; list: EntryDemand['list']; place: number } => ({ epoch: Number(index), list: epochLists[list] ?? 'lines', place: Number(place) })
    super({
      event: 'demand',
      log,
      decided: ['NOT_DEMANDED', 'TOO_LATE'],
      rows: () => query<Row>(unanswered, [gateway.toLowerCase()]),
      keyOf: (row) => `${row.block} ${row.log_index}`,
      about: aboutOf,
      round: () => {
        const treesOf = epochTreesOf(content)
        return async (row) => {
          const about = aboutOf(row)
          const header = await chain.header(about.epoch)
          const trees = row.cid === null ? undefined : await treesOf(row.cid)
          const entry = trees && header && isOwn(trees, header) ? entryOf(trees, about.list, about.place) : undefined
          if (!header || !entry) {
            log.warn('demand.unanswerable', about)
            // An epoch that fell meanwhile needs no answer; one that is not in the tables yet is looked for again.
            return !header || row.cid !== null
          }
          await chain.reveal({ gateway, epoch: header, list: about.list, place: about.place }, entry)
          log.info('demand.answered', about)
          return true
        }
      },
    })
  }
}
