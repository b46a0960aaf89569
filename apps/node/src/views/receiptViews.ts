import { fail, readArtefact, receiptBundleSchema, type Hex, type ReceiptBundle } from '@openledger/protocol'
import type { AnswerDetailView, AnswerView, AttributionView, Page, PaymentsView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { RecordedView } from '../readout/answerView.ts'
import type { Names } from '../keys/Names.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'

type Row = { id: Hex; seq: string; channel_id: Hex; view: RecordedView; attribution: AttributionView['status']; epoch: number | null }
const select = `select r.id, r.seq, r.channel_id, r.view, r.attribution, e.epoch from receipts r left join epoch_receipts e on e.receipt_id = r.id`

/** What a reader may see: the words of an answer and their sources are for its payer and the operator. */
export type Audience = 'public' | 'holder'

async function answerViewOf(row: Row, channels: ChannelLedger, audience: Audience): Promise<AnswerView> {
  const { spent, vouchered } = channels.account(row.channel_id)
  const onChain = await channels.onChain(row.channel_id, 60_000).catch(() => undefined)
  const channel = { id: row.channel_id, spent: spent.toString(), vouchered: vouchered.toString(), deposit: (onChain?.deposited ?? 0n).toString() }
  // Views of before there were deadlines say nothing of it: their receipts hold the attribution.
  const attribution = row.view.attribution ?? { status: row.attribution, deadline: null, at: row.view.time, method: null, error: null }
  return { ...row.view, attribution, sources: audience === 'holder' ? row.view.sources : [], channel, epoch: row.epoch }
}

/** A page of answers, newest first. */
export async function listReceipts(query: Query, channels: ChannelLedger, page: { cursor: string | null; limit: number }, audience: Audience): Promise<Page<AnswerView>> {
  const before = page.cursor === null ? Number.MAX_SAFE_INTEGER : Number(page.cursor)
  if (!Number.isSafeInteger(before)) fail('BAD_CURSOR', 'this is not a cursor that a list gave', { field: 'cursor' })
  const rows = await query<Row>(`${select} where r.seq < $1 order by r.seq desc limit $2`, [before, page.limit + 1])
  const shown = rows.slice(0, page.limit)
  const items: AnswerView[] = []
  for (const row of shown) items.push(await answerViewOf(row, channels, audience))
  return { items, next: rows.length > page.limit ? String(shown.at(-1)!.seq) : null }
}

const unknown = (): never => fail('UNKNOWN_RECEIPT', 'no such receipt is known here', { status: 404 })

/** One answer; fails with UNKNOWN_RECEIPT. */
export async function readAnswer(query: Query, channels: ChannelLedger, id: Hex, audience: Audience): Promise<AnswerView> {
  const [row] = await query<Row>(`${select} where r.id = $1`, [id])
  return row ? answerViewOf(row, channels, audience) : unknown()
}

/** The channel that paid for an answer; fails with UNKNOWN_RECEIPT. */
export async function channelOfReceipt(query: Query, id: Hex): Promise<Hex> {
  const [row] = await query<{ channel_id: Hex }>(`select channel_id from receipts where id = $1`, [id])
  return row?.channel_id ?? unknown()
}

/** A receipt's bundle as far as it is complete; fails with UNKNOWN_RECEIPT. */
export async function readBundle(query: Query, id: Hex): Promise<{ text: string; bundle: ReceiptBundle }> {
  const [row] = await query<{ bundle: string }>(`select bundle from receipts where id = $1`, [id])
  return row ? { text: row.bundle, bundle: readArtefact(receiptBundleSchema, row.bundle) } : unknown()
}

/** An answer with its words, for its holder. */
export async function readAnswerDetail(query: Query, channels: ChannelLedger, id: Hex): Promise<AnswerDetailView> {
  const { bundle } = await readBundle(query, id)
  const { messages } = bundle.request
  const { adapterId, baseId } = bundle.receipt.statement
  const conversation = typeof messages === 'string' ? [{ role: 'text', content: messages }] : messages
  return { ...(await readAnswer(query, channels, id, 'holder')), messages: conversation, text: bundle.answer.text, adapterId, baseId }
}

type ClaimRow = { payee: Address; amount: string; line: number | null; transaction: Hex | null; cumulative: string | null }

/** From one answer to the payments that it caused; fails with UNKNOWN_RECEIPT. @param nowSeconds decides whether the epoch is final */
export async function readPayments(query: Query, names: Names, id: Hex, nowSeconds: number): Promise<PaymentsView> {
  const [receipt] = await query<{ channel_id: Hex; fee: string; payer: Address | null; collected: Hex | null }>(
    `select r.channel_id, r.fee::text, (select o.args->>'payer' from chain_events o where o.name = 'Channels.ChannelOpened' and o.args->>'channelId' = r.channel_id) as payer,
       (select x.transaction from chain_events x where x.name = 'Channels.Collected' and x.args->>'channelId' = r.channel_id and (x.args->>'cumulative')::numeric >= r.channel_total
         order by x.block_number, x.log_index limit 1) as collected
     from receipts r where r.id = $1`,
    [id],
  )
  if (!receipt) return unknown()
  const [epoch] = await query<{ gateway: Address; epoch: number; transaction: Hex | null; final_at: string | null }>(
    `select e.gateway, e.epoch, p.transaction, p.args->'epoch'->>'finalAt' as final_at from epoch_receipts e
     left join chain_events p on p.name = 'Epochs.EpochPosted' and p.args->>'index' = e.epoch::text and p.args->>'gateway' = e.gateway
       and p.args->'epoch'->>'linesRoot' = (select lines_root from epochs x where x.gateway = e.gateway and x.index = e.epoch)
     where e.receipt_id = $1`,
    [id],
  )
  // The claim that paid a line is the payee's first claim against this epoch or a later one.
  const rows = await query<ClaimRow>(
    `select s.payee, s.amount::text, l.line, c.transaction, c.args->>'cumulative' as cumulative from receipt_shares s
     left join epoch_lines l on l.receipt_id = s.receipt_id and l.payee = s.payee
     left join lateral (select e.transaction, e.args from chain_events e where e.name = 'Epochs.Claimed' and e.args->>'payee' = s.payee and e.args->>'gateway' = l.gateway
       and (e.args->>'index')::int >= l.epoch order by e.block_number, e.log_index limit 1) c on true
     where s.receipt_id = $1 order by s.payee`,
    [id],
  )
  const lines: PaymentsView['lines'] = []
  for (const row of rows) {
    const claim = row.transaction === null ? null : { transaction: row.transaction, cumulative: row.cumulative ?? '0' }
    lines.push({ payee: row.payee, name: await names.of(row.payee), amount: row.amount, line: row.line, claim })
  }
  const posted = epoch?.transaction ? { gateway: epoch.gateway, index: epoch.epoch, transaction: epoch.transaction, final: Number(epoch.final_at) <= nowSeconds } : null
  const paid = { payer: receipt.payer, channelId: receipt.channel_id, fee: receipt.fee, collected: receipt.collected }
  return { receiptId: id, paid, epoch: posted, lines }
}
