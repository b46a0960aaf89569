import { readArtefact, receiptBundleSchema, type Balance, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { HeldVoucher, WaitingReceipt } from './planEpoch.ts'

/** An epoch that this node put together. */
export type EpochRow = {
  index: number
  stage: 'built' | 'posted'
  cid: string
  dataHash: Hex
  receiptsRoot: Hex
  linesRoot: Hex
  balancesRoot: Hex
  total: bigint
  lineCount: number
  receiptCount: number
  vouchers: HeldVoucher[]
}

type RawEpoch = {
  index: number
  stage: 'built' | 'posted'
  cid: string
  data_hash: Hex
  receipts_root: Hex
  lines_root: Hex
  balances_root: Hex
  total: string
  line_count: number
  receipt_count: number
  vouchers: { channelId: Hex; cumulative: string; signature: Hex }[]
}

/** The epochs of a gateway, newest first. */
export async function readEpochs(query: Query, gateway: Address): Promise<EpochRow[]> {
  const rows = await query<RawEpoch>(
    `select index, stage, cid, data_hash, receipts_root, lines_root, balances_root, total::text, line_count, receipt_count, vouchers from epochs where gateway = $1 order by index desc`,
    [gateway],
  )
  return rows.map((row) => ({
    index: row.index,
    stage: row.stage,
    cid: row.cid,
    dataHash: row.data_hash,
    receiptsRoot: row.receipts_root,
    linesRoot: row.lines_root,
    balancesRoot: row.balances_root,
    total: BigInt(row.total),
    lineCount: row.line_count,
    receiptCount: row.receipt_count,
    vouchers: row.vouchers.map((v) => ({ ...v, cumulative: BigInt(v.cumulative) })),
  }))
}

const waiting = `from receipts r join vouchers v on v.channel_id = r.channel_id
  where r.channel_total <= v.cumulative and r.attribution <> 'pending' and not exists (select 1 from epoch_receipts e where e.receipt_id = r.id)`

/** The channels with vouchered receipts that are in no epoch and leave nothing open, longest waiting first. */
export async function channelsWaiting(query: Query): Promise<Hex[]> {
  const rows = await query<{ channel_id: Hex }>(`select r.channel_id, min(r.seq) ${waiting} group by r.channel_id order by 2`)
  return rows.map((row) => row.channel_id)
}

/**
 * The vouchered receipts of channels that are in no epoch and leave nothing open. The voucher may pay for more: what is still awaited comes into a
 * later epoch, out of what was collected already.
 * @param limit after so many receipts no further channel is begun
 */
export async function readWaiting(query: Query, channels: readonly Hex[], limit: number): Promise<WaitingReceipt[]> {
  const receipts: WaitingReceipt[] = []
  for (const channel of channels) {
    if (receipts.length >= limit) break
    receipts.push(...(await readChannelWaiting(query, channel)))
  }
  return receipts
}

async function readChannelWaiting(query: Query, channel: Hex): Promise<WaitingReceipt[]> {
  const rows = await query<{ id: Hex; channel_id: Hex; channel_total: string; bundle: string }>(
    `select r.id, r.channel_id, r.channel_total::text, r.bundle ${waiting} and r.channel_id = $1 order by r.channel_total`,
    [channel],
  )
  return rows.map((row) => {
    const { receipt, attributionDeadline, completion, shares } = readArtefact(receiptBundleSchema, row.bundle)
    return { id: row.id, channelId: row.channel_id, channelTotal: BigInt(row.channel_total), receipt, attributionDeadline, completion, shares }
  })
}

/** The highest voucher of each channel. */
export async function readVouchers(query: Query): Promise<Map<Hex, HeldVoucher>> {
  const rows = await query<{ channel_id: Hex; cumulative: string; signature: Hex }>(`select channel_id, cumulative::text, signature from vouchers`)
  return new Map(rows.map((row) => [row.channel_id, { channelId: row.channel_id, cumulative: BigInt(row.cumulative), signature: row.signature }]))
}

/** The balances of an epoch, in order. */
export async function readBalances(query: Query, gateway: Address, index: number): Promise<Balance[]> {
  const rows = await query<{ payee: Address; cumulative: string }>(`select payee, cumulative::text from epoch_balances where gateway = $1 and epoch = $2 order by position`, [gateway, index])
  return rows.map((row) => ({ payee: row.payee, cumulative: BigInt(row.cumulative) }))
}
