export type PoolLimits = {
  /** Transactions in the pool, of all senders. */
  transactions: number
  /** Their bytes together. */
  bytes: number
  perSender: number
  /** Of one sender, behind a missing nonce. */
  gappedPerSender: number
  /** Bytes of one transaction. */
  transactionBytes: number
}

export const defaultPoolLimits: PoolLimits = {
  transactions: 10_000,
  bytes: 64 * 1024 * 1024,
  perSender: 4_096,
  gappedPerSender: 256,
  transactionBytes: 128 * 1024,
}
