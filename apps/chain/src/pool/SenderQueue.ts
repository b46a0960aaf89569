import type { PoolTransaction } from '../transactions/PoolTransaction.ts'

/** The waiting transactions of one account, by nonce. */
export class SenderQueue {
  private readonly byNonce = new Map<bigint, PoolTransaction>()
  /** The account's nonce in the head's state. */
  private accountNonce: bigint
  private firstMissing: bigint
  private cost = 0n

  constructor(accountNonce: bigint) {
    this.accountNonce = accountNonce
    this.firstMissing = accountNonce
  }

  /** The first nonce without a transaction: what a wallet should use next. */
  get nextNonce(): bigint {
    return this.firstMissing
  }

  get size(): number {
    return this.byNonce.size
  }

  /** How many wait behind a nonce that is missing. */
  get gapped(): number {
    return this.byNonce.size - Number(this.firstMissing - this.accountNonce)
  }

  /** The most that all of them together can cost. */
  get totalCost(): bigint {
    return this.cost
  }

  get(nonce: bigint): PoolTransaction | undefined {
    return this.byNonce.get(nonce)
  }

  /** Adds a transaction, in place of one with the same nonce. */
  set(transaction: PoolTransaction): void {
    const before = this.byNonce.get(transaction.nonce)
    this.cost += transaction.maxCost - (before?.maxCost ?? 0n)
    this.byNonce.set(transaction.nonce, transaction)
    while (this.byNonce.has(this.firstMissing)) this.firstMissing++
  }

  remove(transaction: PoolTransaction): void {
    if (this.byNonce.get(transaction.nonce) !== transaction) return
    this.byNonce.delete(transaction.nonce)
    this.cost -= transaction.maxCost
    if (transaction.nonce < this.firstMissing) this.firstMissing = transaction.nonce
  }

  /** Follows the account after a block: its included transactions leave. */
  advance(accountNonce: bigint): void {
    for (let nonce = this.accountNonce; nonce < accountNonce; nonce++) {
      this.cost -= this.byNonce.get(nonce)?.maxCost ?? 0n
      this.byNonce.delete(nonce)
    }
    this.accountNonce = accountNonce
    if (this.firstMissing < accountNonce) this.firstMissing = accountNonce
    while (this.byNonce.has(this.firstMissing)) this.firstMissing++
  }

  /** The transactions that can run one after the other from the account's nonce on. */
  *runnable(): Iterable<PoolTransaction> {
    for (let nonce = this.accountNonce; ; nonce++) {
      const transaction = this.byNonce.get(nonce)
      if (transaction === undefined) return
      yield transaction
    }
  }

  [Symbol.iterator](): Iterator<PoolTransaction> {
    return this.byNonce.values()
  }
}
