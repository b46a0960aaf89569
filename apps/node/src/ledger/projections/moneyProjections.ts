import { epochFileSchema, readArtefact, type Json } from '@openledger/protocol'
import type { Query } from '../../database/Database.ts'
import type { JointProjection, SingleProjections } from '../Projection.ts'
import { insertMany, placesOf } from './insertMany.ts'

async function dropEpochLedger(query: Query, gateway: string, index: number): Promise<void> {
  for (const table of ['epoch_receipts', 'epoch_lines', 'epoch_balances']) await query(`delete from ${table} where gateway = $1 and epoch = $2`, [gateway, index])
}

/** A receipt whose attribution is awaited; whatever closed it first holds. */
async function pendingReceipt(query: Query, id: string): Promise<{ bundle: string; view: { attribution: object } } | undefined> {
  const [row] = await query<{ bundle: string; view: { attribution: object } }>(`select bundle, view from receipts where id = $1 and attribution = 'pending'`, [id])
  return row
}

/** What an attribution document says of how well its method predicted retraining. */
function measuredOf(document: Json): { lds?: { heldOutPpm: number; generatedPpm: number } } {
  const { ldsHeldOutPpm, ldsGeneratedPpm } = (document as { method?: { parameters?: Record<string, unknown> } } | null)?.method?.parameters ?? {}
  return typeof ldsHeldOutPpm === 'number' && typeof ldsGeneratedPpm === 'number' ? { lds: { heldOutPpm: ldsHeldOutPpm, generatedPpm: ldsGeneratedPpm } } : {}
}

const receipt: JointProjection<'receipt'> = {
  together(facts) {
    const rows = facts.map(({ seq, data, texts }) => {
      const { attribution, attributionDeadline } = data.bundle as { attribution?: Json; attributionDeadline?: number }
      const stage = attributionDeadline !== undefined ? 'pending' : attribution ? 'complete' : 'none'
      return [
        data.id, seq, data.node, data.nonce, data.channelId, data.deploymentId, data.model, data.fee, data.channelTotal, data.time, texts?.bundle ?? JSON.stringify(data.bundle), texts?.view ?? JSON.stringify(data.view),
        stage, attributionDeadline ?? null,
      ]
    })
    const shares = facts.flatMap(({ data: { id, shares: ofOne } }) => ofOne.map(({ payee, amount }) => ({ id, payee, amount })))
    return [
      { sql: `insert into receipts values ${placesOf(rows)} on conflict do nothing`, params: rows.flat() },
      {
        sql: `insert into receipt_shares (receipt_id, payee, amount)
          select share->>'id', share->>'payee', (share->>'amount')::numeric from jsonb_array_elements($1::jsonb) share on conflict do nothing`,
        params: [JSON.stringify(shares)],
      },
    ]
  },
}

const voucher: JointProjection<'voucher'> = {
  together(facts) {
    const highest = new Map<string, (typeof facts)[number]>()
    for (const fact of facts) if (BigInt(fact.data.cumulative) > BigInt(highest.get(fact.data.channelId)?.data.cumulative ?? -1)) highest.set(fact.data.channelId, fact)
    const rows = [...highest.values()].map(({ data }) => [data.channelId, data.cumulative, data.signature])
    const payments = facts.map(({ time, data }) => [data.channelId, data.cumulative, Math.ceil(time / 1000)])
    return [
      {
        sql: `insert into vouchers values ${placesOf(rows)} on conflict (channel_id) do update set cumulative = excluded.cumulative, signature = excluded.signature
          where vouchers.cumulative < excluded.cumulative`,
        params: rows.flat(),
      },
      { sql: `insert into payments values ${placesOf(payments)} on conflict do nothing`, params: payments.flat() },
    ]
  },
}

const promise: JointProjection<'promise'> = {
  together(facts) {
    const rows = facts.map(({ data }) => [data.receiptId, data.channelId, data.gateway, data.fee, data.includeBy, data.signature])
    return [{ sql: `insert into promises values ${placesOf(rows)} on conflict do nothing`, params: rows.flat() }]
  },
}

/** Receipts, vouchers and epochs in the tables. */
export const moneyProjections: { receipt: typeof receipt; voucher: typeof voucher; promise: typeof promise } & SingleProjections<'attribution' | 'attributionFailed' | 'epoch' | 'epochPosted' | 'epochVoided'> = {
  receipt,
  voucher,
  promise,

  async attribution(query, { time, data }) {
    const row = await pendingReceipt(query, data.receiptId)
    if (!row) return
    const { receiptId, statement, signature, document, queryVector, contributors, shares, method } = data
    const bundle = { ...(JSON.parse(row.bundle) as object), completion: { statement, signature }, attribution: document, queryVector, contributors, shares }
    const view = { ...row.view, ...(data.view as object), attribution: { ...row.view.attribution, status: 'complete', at: Math.floor(time / 1000), method, ...measuredOf(document) } }
    await query(`update receipts set attribution = 'complete', bundle = $2, view = $3 where id = $1`, [receiptId, JSON.stringify(bundle), JSON.stringify(view)])
    await query(`delete from receipt_shares where receipt_id = $1`, [receiptId])
    await insertMany(query, 'receipt_shares', ['receipt_id', 'payee', 'amount'], shares.map((s) => [receiptId, s.payee, s.amount]))
  },

  async attributionFailed(query, { time, data }) {
    const row = await pendingReceipt(query, data.receiptId)
    if (!row) return
    const view = { ...row.view, attribution: { ...row.view.attribution, status: 'failed', at: Math.floor(time / 1000), error: data.reason } }
    await query(`update receipts set attribution = 'failed', view = $2 where id = $1`, [data.receiptId, JSON.stringify(view)])
  },

  async epoch(query, { time, data }, sources) {
    const file = readArtefact(epochFileSchema, await sources.content(data.cid))
    await dropEpochLedger(query, data.gateway, data.index)
    await query(`delete from epochs where gateway = $1 and index = $2`, [data.gateway, data.index])
    await query(`insert into epochs values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,'built',$12)`, [
      data.gateway, data.index, data.cid, data.dataHash, data.receiptsRoot, data.linesRoot, data.balancesRoot, data.total, data.lineCount, data.receiptCount,
      JSON.stringify(data.vouchers), Math.floor(time / 1000),
    ])
    await insertMany(query, 'epoch_receipts', ['receipt_id', 'gateway', 'epoch'], file.receipts.map((r) => [r.id, data.gateway, data.index]))
    const lines = file.lines.map((l, i) => [data.gateway, data.index, i, l.payee, l.receiptId, l.amount.toString()])
    await insertMany(query, 'epoch_lines', ['gateway', 'epoch', 'line', 'payee', 'receipt_id', 'amount'], lines)
    const balances = file.balances.map((b, i) => [data.gateway, data.index, i, b.payee, b.cumulative.toString()])
    await insertMany(query, 'epoch_balances', ['gateway', 'epoch', 'position', 'payee', 'cumulative'], balances)
  },

  async epochPosted(query, { data }) {
    await query(`update epochs set stage = 'posted' where gateway = $1 and index = $2`, [data.gateway, data.index])
  },

  async epochVoided(query, { time, data }) {
    // What fell with it is promised, by whoever asks from now on, as if it were paid for only now.
    await query(
      `update payments p set at = greatest(p.at, $3) from
         (select r.channel_id, min(r.channel_total) as total from epoch_receipts e join receipts r on r.id = e.receipt_id where e.gateway = $1 and e.epoch = $2 group by r.channel_id) fallen
       where p.channel_id = fallen.channel_id and p.cumulative >= fallen.total`,
      [data.gateway, data.index, Math.ceil(time / 1000)],
    )
    await dropEpochLedger(query, data.gateway, data.index)
    await query(`delete from epochs where gateway = $1 and index = $2`, [data.gateway, data.index])
  },
}
