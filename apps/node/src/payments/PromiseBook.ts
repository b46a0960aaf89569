import { fail, signStatement, statementDomain, type Hex, type Network, type PromiseFile } from '@openledger/protocol'
import type { Address, LocalAccount } from 'viem'
import type { Query } from '../database/Database.ts'
import type { Facts } from '../ledger/facts.ts'

export type PromiseBookParts = {
  network: Pick<Network, 'chainId' | 'contracts'>
  /** The gateway's account. */
  account: Pick<LocalAccount, 'address' | 'signTypedData'>
  /** Of tables that show what was kept before. */
  query: Query
  /** How long after payment and attribution a receipt is settled at the latest, seconds. */
  seconds: number
  /** Keeps a promise for good; it is given out when this returned. */
  keep: (promise: Facts['promise']) => Promise<void>
}

type Row = { receipt_id: Hex; gateway: Address; fee: string; include_by: string; signature: Hex }
type Unpromised = { id: Hex; channel_id: Hex; fee: string; total: string; paid_at: string; deadline: string | null }

const mostPerAnswer = 100

/** Receipts that a voucher pays for, without a promise and in no epoch; paid when the first voucher came that pays for it. */
const unpromised = `select r.id, r.channel_id, r.fee::text, r.channel_total::text as total, paid.at::text as paid_at, r.attribution_deadline::text as deadline
  from receipts r cross join lateral (select p.at from payments p where p.channel_id = r.channel_id and p.cumulative >= r.channel_total order by p.cumulative limit 1) paid
  where not exists (select 1 from promises p where p.receipt_id = r.id) and not exists (select 1 from epoch_receipts e where e.receipt_id = r.id)`

/**
 * What the gateway promises: each receipt that a voucher pays for is settled by a date, or the gateway's bond answers for it. A promise is made when it is first asked
 * for, and dated by the payment whenever that is.
 */
export class PromiseBook {
  readonly #parts: PromiseBookParts
  /** The total of each channel's newest receipt with a promise: what lies below has one too, is settled, or has it made for who asks for it. */
  readonly #promised = new Map<Hex, bigint>()
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: PromiseBookParts) {
    this.#parts = parts
  }

  /** Signs and keeps a promise for each receipt of a channel that its voucher pays for and that has none, the newest hundred; one promise for one receipt, whoever asks when. */
  promise(channelId: Hex): Promise<void> {
    return this.#take(() => this.#promiseChannel(channelId))
  }

  /** An epoch fell: its receipts wait for another, and can be without a promise although later ones have theirs. */
  lookAgain(): void {
    this.#promised.clear()
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

  /** The promise of one receipt; made now when a voucher pays for it and nobody has asked before. Fails with NO_PROMISE. */
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

  async #promiseChannel(channelId: Hex): Promise<void> {
    const above = (this.#promised.get(channelId) ?? 0n).toString()
    const receipts = await this.#parts.query<Unpromised>(`${unpromised} and r.channel_id = $1 and r.channel_total >= $2::numeric order by r.channel_total desc limit ${mostPerAnswer}`, [channelId, above])
    await this.#keepAll(receipts)
    const [newest] = receipts
    if (newest) this.#promised.set(channelId, BigInt(newest.total))
  }

  async #promiseOne(receiptId: Hex): Promise<PromiseFile | undefined> {
    await this.#keepAll(await this.#parts.query<Unpromised>(`${unpromised} and r.id = $1`, [receiptId]))
    return this.#read(receiptId)
  }

  /** Ends when all have: what were still under way would be promised again. */
  async #keepAll(receipts: readonly Unpromised[]): Promise<void> {
    for (const kept of await Promise.allSettled(receipts.map((receipt) => this.#keep(receipt)))) if (kept.status === 'rejected') throw kept.reason
  }

  async #keep({ id: receiptId, channel_id: channelId, fee, paid_at: paidAt, deadline }: Unpromised): Promise<void> {
    const { network, account, seconds, keep } = this.#parts
    const domain = statementDomain(network.chainId, network.contracts.epochs)
    const gateway = account.address.toLowerCase() as Address
    // A receipt whose attribution is awaited cannot be settled before that is closed.
    const includeBy = Math.max(Number(paidAt), Number(deadline ?? 0)) + seconds
    const signature = await signStatement(account, domain, 'InclusionPromise', { gateway, receiptId, fee: BigInt(fee), includeBy: BigInt(includeBy) })
    await keep({ receiptId, channelId, gateway, fee, includeBy, signature })
  }

  #file({ receipt_id: receiptId, gateway, fee, include_by: includeBy, signature }: Row): PromiseFile {
    const { chainId, contracts } = this.#parts.network
    return { kind: 'openledger/inclusion-promise/1', chainId, epochs: contracts.epochs, statement: { gateway, receiptId, fee: BigInt(fee), includeBy: BigInt(includeBy) }, signature }
  }
}
