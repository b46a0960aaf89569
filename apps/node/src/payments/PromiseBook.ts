import { fail, signStatement, statementDomain, type Hex, type Network, type PromiseFile } from '@openledger/protocol'
import type { Address, LocalAccount } from 'viem'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import type { Facts } from '../ledger/facts.ts'

export type PromiseBookParts = {
  network: Pick<Network, 'chainId' | 'contracts'>
  /** The gateway's account. */
  account: Pick<LocalAccount, 'address' | 'signTypedData'>
  query: Query
  /** Waits until the tables show what was kept before. */
  shown: () => Promise<void>
  /** How long after payment and attribution a receipt is settled at the latest, seconds. */
  seconds: number
  clock: Clock
  log: Log
  /** Keeps a promise for good; it is given out when this returned. */
  keep: (promise: Facts['promise']) => Promise<void>
}

type Row = { receipt_id: Hex; gateway: Address; fee: string; include_by: string; signature: Hex }
type Unpromised = { id: Hex; channel_id: Hex; fee: string; total: string; deadline: string | null }

const mostPerAnswer = 100
/** Promises that are kept at the same time, at most. */
const mostTogether = 100
/** How long the promises for a voucher wait for those of others, milliseconds: kept together they cost much less. */
const dueMs = 250

const columns = `r.id, r.channel_id, r.fee::text, r.channel_total::text as total, r.attribution_deadline::text as deadline`
const unpromised = `join vouchers v on v.channel_id = r.channel_id where r.channel_total <= v.cumulative
  and not exists (select 1 from promises p where p.receipt_id = r.id) and not exists (select 1 from epoch_receipts e where e.receipt_id = r.id)`
const ofChannels = `select ${columns} from jsonb_to_recordset($1::jsonb) as due(id text, above numeric) join receipts r on r.channel_id = due.id and r.channel_total >= due.above
  ${unpromised} order by r.channel_id, r.channel_total`

/** What the gateway has promised: each receipt that a voucher pays for is settled by a date, or the gateway's bond answers for it. */
export class PromiseBook {
  readonly #parts: PromiseBookParts
  readonly #closing = new AbortController()
  /** Channels whose vouchers came a moment ago. */
  readonly #due = new Set<Hex>()
  #soon: Promise<void> | undefined
  /** The total of each channel's newest receipt with a promise: what lies below has one too, or is settled. */
  readonly #promised = new Map<Hex, bigint>()
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: PromiseBookParts) {
    this.#parts = parts
  }

  /** Makes soon what is missing: after a start, or when an epoch fell and its receipts wait for another. */
  resume(): Promise<void> {
    return this.#take(async () => {
      this.#promised.clear()
      for (const { channel_id: id } of await this.#parts.query<{ channel_id: Hex }>(`select distinct r.channel_id from receipts r ${unpromised}`)) this.due(id)
    })
  }

  /** Signs and keeps a promise for each receipt of a channel that its voucher pays for and that has none; one promise for one receipt, whoever asks when. */
  promise(channelId: Hex): Promise<void> {
    this.#due.delete(channelId)
    return this.#take(() => this.#promiseChannels([channelId]))
  }

  /** As `promise`, soon, and together with other channels. What fails is made with the next voucher, or when somebody asks for it. */
  due(channelId: Hex): void {
    this.#due.add(channelId)
    this.#soon ??= this.#promiseDue()
  }

  /** Makes what is due, and waits for it. */
  async close(): Promise<void> {
    this.#closing.abort()
    // What is under way may find that something is due.
    await this.#queue
    await this.#soon
    await this.#queue
  }

  /** The promises of a channel whose receipts are in no epoch yet, the newest hundred. */
  async openOf(channelId: Hex): Promise<PromiseFile[]> {
    const rows = await this.#parts.query<Row>(
      `select p.receipt_id, p.gateway, p.fee::text, p.include_by::text, p.signature from promises p join receipts r on r.id = p.receipt_id
         where p.channel_id = $1 and not exists (select 1 from epoch_receipts e where e.receipt_id = p.receipt_id) order by r.channel_total desc limit ${mostPerAnswer}`,
      [channelId],
    )
    return rows.map((row) => this.#file(row))
  }

  /** The promise of one receipt; made now where a voucher pays for it and none was made. Fails with NO_PROMISE. */
  async find(receiptId: Hex): Promise<PromiseFile> {
    return (await this.#read(receiptId)) ?? (await this.#take(() => this.#promiseOne(receiptId))) ?? fail('NO_PROMISE', 'nothing is promised about this receipt', { status: 404, fix: 'a receipt is promised to be settled when a voucher pays for it: send the voucher first' })
  }

  async #read(receiptId: Hex): Promise<PromiseFile | undefined> {
    const [row] = await this.#parts.query<Row>(`select receipt_id, gateway, fee::text, include_by::text, signature from promises where receipt_id = $1`, [receiptId])
    return row && this.#file(row)
  }

  #take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  async #promiseDue(): Promise<void> {
    const { clock, log } = this.#parts
    await clock.sleep(dueMs, this.#closing.signal)
    this.#soon = undefined
    const channels = [...this.#due]
    this.#due.clear()
    if (channels.length === 0) return
    await this.#take(() => this.#promiseChannels(channels)).catch((error: unknown) => {
      for (const id of channels) this.#due.add(id)
      log.warn('promise.failed', errorFields(error))
    })
  }

  async #promiseChannels(channels: readonly Hex[]): Promise<void> {
    const { query, shown } = this.#parts
    await shown()
    const due = channels.map((id) => ({ id, above: (this.#promised.get(id) ?? 0n).toString() }))
    const receipts = await query<Unpromised>(ofChannels, [JSON.stringify(due)])
    for (let from = 0; from < receipts.length; from += mostTogether) await this.#keepAll(receipts.slice(from, from + mostTogether))
    for (const { channel_id: id, total } of receipts) this.#promised.set(id, BigInt(total))
  }

  async #promiseOne(receiptId: Hex): Promise<PromiseFile | undefined> {
    const { query, shown } = this.#parts
    await shown()
    await this.#keepAll(await query<Unpromised>(`select ${columns} from receipts r ${unpromised} and r.id = $1`, [receiptId]))
    return this.#read(receiptId)
  }

  /** Ends when all have: what were still under way would be promised again. */
  async #keepAll(receipts: readonly Unpromised[]): Promise<void> {
    for (const kept of await Promise.allSettled(receipts.map((receipt) => this.#keep(receipt)))) if (kept.status === 'rejected') throw kept.reason
  }

  async #keep({ id: receiptId, channel_id: channelId, fee, deadline }: Unpromised): Promise<void> {
    const { network, account, seconds, clock, keep } = this.#parts
    const domain = statementDomain(network.chainId, network.contracts.epochs)
    const gateway = account.address.toLowerCase() as Address
    // A receipt whose attribution is awaited cannot be settled before that is closed.
    const includeBy = Math.max(Math.ceil(clock.now() / 1000), Number(deadline ?? 0)) + seconds
    const signature = await signStatement(account, domain, 'InclusionPromise', { gateway, receiptId, fee: BigInt(fee), includeBy: BigInt(includeBy) })
    await keep({ receiptId, channelId, gateway, fee, includeBy, signature })
  }

  #file({ receipt_id: receiptId, gateway, fee, include_by: includeBy, signature }: Row): PromiseFile {
    const { chainId, contracts } = this.#parts.network
    return { kind: 'openledger/inclusion-promise/1', chainId, epochs: contracts.epochs, statement: { gateway, receiptId, fee: BigInt(fee), includeBy: BigInt(includeBy) }, signature }
  }
}
