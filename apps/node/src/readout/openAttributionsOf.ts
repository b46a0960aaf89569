import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { ReadoutJob } from './ReadoutQueue.ts'

/** A node's receipts in the tables whose attribution is awaited, oldest first. */
export async function openAttributionsOf(query: Query, node: Address): Promise<ReadoutJob[]> {
  const rows = await query<{ id: Hex; attribution_deadline: string }>(`select id, attribution_deadline from receipts where attribution = 'pending' and node = $1 order by seq`, [node.toLowerCase()])
  return rows.map((row) => ({ receiptId: row.id, deadline: Number(row.attribution_deadline) }))
}
