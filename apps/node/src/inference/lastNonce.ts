import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'

/** The highest nonce of a node's receipts in the tables; 0 when there is none. */
export async function lastNonce(query: Query, node: Address): Promise<bigint> {
  const [row] = await query<{ nonce: string | null }>(`select max(nonce)::text as nonce from receipts where node = $1`, [node.toLowerCase()])
  return BigInt(row?.nonce ?? 0)
}
