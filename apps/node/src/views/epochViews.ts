import { fail, type Hex } from '@openledger/protocol'
import type { EpochView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'

type Row = {
  gateway: Address
  index: number
  receipt_count: number
  line_count: number
  total: string
  receipts_root: Hex
  lines_root: Hex
  balances_root: Hex
  data_hash: Hex
  cid: string
  time: string
  final_at: string
  transaction: Hex
}

/** Epochs of a gateway that stand on the chain, joined with what this node keeps of them. */
const select = `select x.gateway, x.index, x.receipt_count, x.line_count, x.total::text, x.receipts_root, x.lines_root, x.balances_root, x.data_hash, x.cid,
    p.time, p.args->'epoch'->>'finalAt' as final_at, p.transaction
  from epochs x join chain_events p on p.name = 'Epochs.EpochPosted' and p.args->>'index' = x.index::text and p.args->>'gateway' = x.gateway and p.args->'epoch'->>'linesRoot' = x.lines_root
  where x.gateway = $1 and not exists (select 1 from chain_events v where v.name = 'Epochs.EpochVoided' and v.args->>'gateway' = x.gateway and v.args->>'index' = x.index::text
    and (v.block_number, v.log_index) > (p.block_number, p.log_index))`

const epochView = (row: Row, nowSeconds: number): EpochView => ({
  gateway: row.gateway,
  index: row.index,
  receipts: row.receipt_count,
  lines: row.line_count,
  total: row.total,
  receiptsRoot: row.receipts_root,
  linesRoot: row.lines_root,
  balancesRoot: row.balances_root,
  dataHash: row.data_hash,
  cid: row.cid,
  postedAt: Number(row.time),
  finalAt: Number(row.final_at),
  final: Number(row.final_at) <= nowSeconds,
  transaction: row.transaction,
})

/** The epochs that stand, newest first. */
export async function listEpochs(query: Query, gateway: Address, nowSeconds: number): Promise<EpochView[]> {
  const rows = await query<Row>(`${select} order by x.index desc`, [gateway])
  return rows.map((row) => epochView(row, nowSeconds))
}

/** One epoch that stands; fails with UNKNOWN_EPOCH. */
export async function readEpochView(query: Query, gateway: Address, index: number, nowSeconds: number): Promise<EpochView> {
  const [row] = await query<Row>(`${select} and x.index = $2`, [gateway, index])
  return row ? epochView(row, nowSeconds) : fail('UNKNOWN_EPOCH', `no epoch ${index} stands on the chain`, { status: 404 })
}
