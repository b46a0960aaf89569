import { fail, signStatement, statementDomain, type Hex, type Network, type PromiseFile } from '@openledger/protocol'
import type { Address, LocalAccount } from 'viem'
import type { Query } from '../database/Database.ts'
import type { Facts } from '../ledger/facts.ts'

export type PromiseBookParts = {
  network: Pick<Network, 'chainId' | 'contracts'>
  /** The gateway's account. */
  account: Pick<LocalAccount, 'address' | 'signTypedData'>
  query: Query
  /** How long after payment and attribution a receipt is settled at the latest, seconds. */
  seconds: number
  now: () => number
  /** Keeps a promise for good; it is given out when this returned. */
  keep: (promise: Facts['promise']) => Promise<void>
}

type Row = { receipt_id: Hex; gateway: Address; fee: string; include_by: string; signature: Hex }

const mostPerAnswer = 100

const unpromised = `select r.id, r.fee::text, r.attribution_deadline::text as deadline from receipts r join vouchers v on v.channel_id = r.channel_id
  where r.channel_id = $1 and r.channel_total <= v.cumulative and not exists (select 1 from promises p where p.receipt_id = r.id)
    and not exists (select 1 from epoch_receipts e where e.receipt_id = r.id) order by r.channel_total`

/** What the gateway has promised: each receipt that a voucher pays for is settled by a date, or the gateway's bond answers for it. */
export class PromiseBook {
  readonly #parts: PromiseBookParts
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: PromiseBookParts) {
    this.#parts = parts
  }

  /** Signs and keeps a promise for each receipt of a channel that its voucher pays for and that has none; one promise for one receipt, whoever asks when. */
  promise(channelId: Hex): Promise<void> {
    const turn = this.#queue.then(() => this.#promise(channelId))
    this.#queue = turn.catch(() => undefined)
    return turn
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

  /** The promise of one receipt. Fails with NO_PROMISE. */
  async find(receiptId: Hex): Promise<PromiseFile> {
    const [row] = await this.#parts.query<Row>(`select receipt_id, gateway, fee::text, include_by::text, signature from promises where receipt_id = $1`, [receiptId])
    if (!row) return fail('NO_PROMISE', 'nothing is promised about this receipt', { status: 404, fix: 'a receipt is promised to be settled when a voucher pays for it: send the voucher first' })
    return this.#file(row)
  }

  async #promise(channelId: Hex): Promise<void> {
    const { network, account, query, seconds, now, keep } = this.#parts
    const domain = statementDomain(network.chainId, network.contracts.epochs)
    const gateway = account.address.toLowerCase() as Address
    for (const { id, fee, deadline } of await query<{ id: Hex; fee: string; deadline: string | null }>(unpromised, [channelId])) {
      // A receipt whose attribution is awaited cannot be settled before that is closed.
      const includeBy = Math.max(Math.ceil(now() / 1000), Number(deadline ?? 0)) + seconds
      const signature = await signStatement(account, domain, 'InclusionPromise', { gateway, receiptId: id, fee: BigInt(fee), includeBy: BigInt(includeBy) })
      await keep({ receiptId: id, channelId, gateway, fee, includeBy, signature })
    }
  }

  #file({ receipt_id: receiptId, gateway, fee, include_by: includeBy, signature }: Row): PromiseFile {
    const { chainId, contracts } = this.#parts.network
    return { kind: 'openledger/inclusion-promise/1', chainId, epochs: contracts.epochs, statement: { gateway, receiptId, fee: BigInt(fee), includeBy: BigInt(includeBy) }, signature }
  }
}
