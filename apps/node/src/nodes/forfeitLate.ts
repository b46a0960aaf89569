import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { Ledger } from '../ledger/Ledger.ts'

/** An attribution may be on its way for so long after its deadline, seconds. */
const graceSeconds = 30

/**
 * Records for the receipts of nodes elsewhere whose deadline has passed that no attribution came.
 * @param own the node whose queue sees to its own receipts
 * @param now Unix seconds
 */
export async function forfeitLate({ query, ledger, own }: { query: Query; ledger: Ledger; own: Address }, now: number): Promise<number> {
  const rows = await query<{ id: Hex; node: Address }>(`select id, node from receipts where attribution = 'pending' and node <> $1 and attribution_deadline < $2`, [own.toLowerCase(), now - graceSeconds])
  for (const { id, node } of rows) await ledger.record('attributionFailed', { receiptId: id, node, reason: 'its node sent no attribution by the deadline' })
  return rows.length
}
