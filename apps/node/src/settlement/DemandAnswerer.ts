import type { ContentStore } from '@openledger/datanet'
import { compareHex, epochFileSchema, EpochTrees, readArtefact } from '@openledger/protocol'
import { epochLists, type EntryDemand, type EntryReveal, type EpochHeader } from '@openledger/sdk'
import { zeroAddress, type Address } from 'viem'
import { errorFields, type Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'

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

const settled = ['NOT_DEMANDED', 'TOO_LATE']

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

/** Shows the court the entries of this gateway's epochs that somebody demands to see: the deposit pays for it, silence would void the epoch. */
export class DemandAnswerer {
  readonly #parts: DemandParts
  /** Answered by this process, or past answering: the chain's event may come later than the next look. */
  readonly #done = new Set<string>()
  #queue: Promise<void> = Promise.resolve()

  constructor(parts: DemandParts) {
    this.#parts = parts
  }

  /** Answers every demand that the tables know and that is not answered yet. Failures are logged, and tried again by the next call. */
  answerAll(): Promise<void> {
    return (this.#queue = this.#queue.then(() => this.#answerAll()))
  }

  async #answerAll(): Promise<void> {
    const { gateway, query, log } = this.#parts
    try {
      // One epoch's file is large and its demands come together: it is read once a round.
      const trees = new Map<string, EpochTrees>()
      for (const row of await query<Row>(unanswered, [gateway.toLowerCase()])) {
        const key = `${row.block} ${row.log_index}`
        if (!this.#done.has(key)) await this.#answerOne(key, row, trees)
      }
    } catch (error) {
      log.warn('demand.failed', errorFields(error))
    }
  }

  async #answerOne(key: string, { index, list, place, cid }: Row, known: Map<string, EpochTrees>): Promise<void> {
    const { gateway, chain, content, log } = this.#parts
    const about = { epoch: Number(index), list: epochLists[list] ?? 'lines', place: Number(place) }
    try {
      const header = await chain.header(about.epoch)
      const trees = cid === null ? undefined : (known.get(cid) ?? new EpochTrees(readArtefact(epochFileSchema, await content.get(cid))))
      if (cid !== null && trees) known.set(cid, trees)
      const own = trees && header && isOwn(trees, header)
      const entry = own ? entryOf(trees, about.list, about.place) : undefined
      if (!header || !entry) {
        // An epoch that fell meanwhile needs no answer; one that is not in the tables yet is looked for again.
        if (!header || cid !== null) this.#done.add(key)
        log.warn('demand.unanswerable', about)
        return
      }
      await chain.reveal({ gateway, epoch: header, list: about.list, place: about.place }, entry)
      this.#done.add(key)
      log.info('demand.answered', about)
    } catch (error) {
      // Somebody else was faster, or the time is over.
      if (settled.includes((error as { code?: string }).code ?? '')) this.#done.add(key)
      log.warn('demand.failed', { ...about, ...errorFields(error) })
    }
  }
}

/** Whether the chain holds the epoch that the file describes. */
const isOwn = (trees: EpochTrees, header: EpochHeader): boolean => (['receiptsRoot', 'linesRoot', 'balancesRoot'] as const).every((root) => compareHex(trees[root], header[root]) === 0)
