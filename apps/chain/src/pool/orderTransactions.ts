import { tipAt, type PoolTransaction } from '../transactions/PoolTransaction.ts'

type Ranked = { transaction: PoolTransaction; tip: bigint; arrival: number; depth: number }

/**
 * Orders waiting transactions for a block: the higher tip first, then the earlier arrival; each sender's stay in the order of its
 * nonces. A transaction ranks no better than the ones before it from the same sender, so that one pass in this order can run them all.
 * @param runs for each sender its transactions from the account's nonce on, without gaps
 * @param baseFee of the block; a transaction that cannot pay it stays out, with its successors
 */
export function orderTransactions(runs: Iterable<Iterable<PoolTransaction>>, baseFee: bigint): PoolTransaction[] {
  const ranked: Ranked[] = []
  for (const run of runs) {
    let lowest: bigint | undefined
    let latest = 0
    let depth = 0
    for (const transaction of run) {
      const own = tipAt(transaction, baseFee)
      if (own < 0n) break
      lowest = lowest === undefined || own < lowest ? own : lowest
      latest = Math.max(latest, transaction.sequence)
      ranked.push({ transaction, tip: lowest, arrival: latest, depth: depth++ })
    }
  }
  ranked.sort((a, b) => (a.tip !== b.tip ? (a.tip > b.tip ? -1 : 1) : a.arrival - b.arrival || a.depth - b.depth))
  return ranked.map(({ transaction }) => transaction)
}
