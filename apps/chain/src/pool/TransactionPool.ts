import type { MerkleStateManager } from '@ethereumjs/statemanager'
import type { Account, Address } from '@ethereumjs/util'
import type { Chain } from '../blocks/Chain.ts'
import { readTransaction, type PoolTransaction } from '../transactions/PoolTransaction.ts'
import { TransactionRefused } from '../transactions/TransactionRefused.ts'
import { checkAgainstAccount, readChecked } from './checkTransaction.ts'
import { JournalWriter } from './JournalWriter.ts'
import { orderTransactions } from './orderTransactions.ts'
import type { PoolLimits } from './poolLimits.ts'
import { SenderQueue } from './SenderQueue.ts'

/**
 * The transactions that wait for a block. Each is acknowledged only after it was flushed to the journal, and leaves the journal in
 * the commit of the block that includes it: an acknowledged transaction is always in one of the two. When the pool is full, new ones
 * are refused; none that was acknowledged is ever pushed out.
 */
export class TransactionPool {
  private readonly chain: Chain
  private readonly limits: PoolLimits
  private readonly journal: JournalWriter
  private readonly queues = new Map<string, SenderQueue>()
  private readonly byHash = new Map<string, PoolTransaction>()
  /** Being written to the journal, by hash: not to be run yet. */
  private readonly writing = new Map<string, Promise<void>>()
  /** In the block that is being built: not to be replaced any more. */
  private building: ReadonlySet<PoolTransaction> = new Set()
  private bytes = 0
  private nextSequence = 0
  private state: MerkleStateManager
  private readonly listeners = new Set<() => void>()

  private constructor(chain: Chain, limits: PoolLimits) {
    this.chain = chain
    this.limits = limits
    this.journal = new JournalWriter(chain.store)
    this.state = chain.stateOf(chain.head)
  }

  /** Opens the pool with what its journal holds. */
  static async open(chain: Chain, limits: PoolLimits): Promise<TransactionPool> {
    const pool = new TransactionPool(chain, limits)
    const stale: number[] = []
    for (const { sequence, raw } of chain.store.journaled()) {
      pool.nextSequence = sequence + 1
      const transaction = readTransaction(raw, sequence, chain.common)
      const nonce = (await pool.account(transaction.sender))?.nonce ?? 0n
      if (transaction.nonce < nonce) stale.push(sequence)
      else pool.insert(pool.queues.get(transaction.senderHex) ?? new SenderQueue(nonce), transaction)
    }
    if (stale.length > 0) chain.store.changeJournal({ added: [], removed: stale })
    return pool
  }

  /** Calls back whenever a transaction became ready to run. */
  onReady(listener: () => void): void {
    this.listeners.add(listener)
  }

  get size(): number {
    return this.byHash.size
  }

  get(hashHex: string): PoolTransaction | undefined {
    return this.byHash.get(hashHex)
  }

  /** The nonce that the account's next transaction should have, counting those that wait. */
  async nextNonce(address: Address): Promise<bigint> {
    return this.queues.get(address.toString())?.nextNonce ?? (await this.account(address))?.nonce ?? 0n
  }

  /**
   * Takes a signed transaction; returns its hash once it is flushed to the journal. The same transaction again is answered the same.
   * @throws TransactionRefused, or the store's error when it could not be written
   */
  async add(raw: Uint8Array): Promise<Uint8Array> {
    const gasLimit = this.chain.head.header.gasLimit
    const transaction = readChecked(raw, this.nextSequence++, this.chain.common, this.limits, gasLimit)
    if (this.byHash.has(transaction.hashHex) || this.chain.place(transaction.hash) !== undefined) {
      await this.writing.get(transaction.hashHex)
      return transaction.hash
    }
    const account = await this.account(transaction.sender)
    // No waiting from here to the insertion: what is checked is what holds then.
    const queue = this.queues.get(transaction.senderHex) ?? new SenderQueue(account?.nonce ?? 0n)
    checkAgainstAccount(transaction, account, queue, this.chain.head.header.calcNextBaseFee(), this.limits)
    this.checkRoom(transaction)
    const replaced = queue.get(transaction.nonce)
    if (replaced !== undefined && (this.building.has(replaced) || this.writing.has(replaced.hashHex))) {
      throw new TransactionRefused('CHAIN_REPLACEMENT_LATE', 'replacement transaction underpriced: the earlier one is being included', 'use the next nonce')
    }
    await this.write(queue, transaction, replaced)
    return transaction.hash
  }

  /** What can run in a block with this base fee, in the order to run it. It may not be replaced until {@link settle} or {@link release}. */
  take(baseFee: bigint): PoolTransaction[] {
    const transactions = orderTransactions([...this.queues.values()].map((queue) => this.written(queue)), baseFee)
    this.building = new Set(transactions)
    return transactions
  }

  /** True when a transaction could run now, or only waits for the base fee to fall. */
  get hasWork(): boolean {
    return [...this.queues.values()].some((queue) => this.written(queue).next().done !== true)
  }

  /** True when a transaction only waits for the base fee to fall. */
  get waitsForLowerFee(): boolean {
    const baseFee = this.chain.head.header.calcNextBaseFee()
    return [...this.queues.values()].some((queue) => {
      const [first] = queue.runnable()
      return first !== undefined && first.maxFeePerGas < baseFee
    })
  }

  /** Gives back what {@link take} gave: the block was not made. */
  release(): void {
    this.building = new Set()
  }

  /** Follows the chain after a block was committed with these transactions. */
  settle(included: readonly PoolTransaction[]): void {
    this.release()
    this.state = this.chain.stateOf(this.chain.head)
    const nonces = new Map<string, bigint>()
    for (const transaction of included) {
      this.byHash.delete(transaction.hashHex)
      this.bytes -= transaction.raw.length
      nonces.set(transaction.senderHex, transaction.nonce + 1n)
    }
    for (const [sender, nonce] of nonces) {
      this.queues.get(sender)?.advance(nonce)
      this.dropIfEmpty(sender)
    }
  }

  /** Drops a transaction that cannot run any more, from the journal too. */
  discard(transaction: PoolTransaction): void {
    this.chain.store.changeJournal({ added: [], removed: [transaction.sequence] })
    this.remove(transaction)
  }

  private *written(queue: SenderQueue): Generator<PoolTransaction> {
    for (const transaction of queue.runnable()) {
      if (this.writing.has(transaction.hashHex)) return
      yield transaction
    }
  }

  /** The account in the head's state, also when the head moves on while it is read. */
  private async account(address: Address): Promise<Account | undefined> {
    for (;;) {
      const state = this.state
      const account = await state.getAccount(address)
      if (state === this.state) return account
    }
  }

  private checkRoom(transaction: PoolTransaction): void {
    if (this.byHash.size < this.limits.transactions && this.bytes + transaction.raw.length <= this.limits.bytes) return
    throw new TransactionRefused('CHAIN_POOL_FULL', `txpool is full: ${this.byHash.size} transactions wait`, 'send it again later', 'retry')
  }

  private async write(queue: SenderQueue, transaction: PoolTransaction, replaced: PoolTransaction | undefined): Promise<void> {
    if (replaced !== undefined) this.remove(replaced)
    this.insert(queue, transaction)
    const written = this.journal.write(transaction, replaced === undefined ? [] : [replaced.sequence])
    this.writing.set(transaction.hashHex, written)
    try {
      await written
    } catch (error) {
      this.remove(transaction)
      if (replaced !== undefined) this.insert(this.queues.get(replaced.senderHex) ?? new SenderQueue(replaced.nonce), replaced)
      throw error
    } finally {
      this.writing.delete(transaction.hashHex)
    }
    for (const listener of this.listeners) listener()
  }

  private insert(queue: SenderQueue, transaction: PoolTransaction): void {
    queue.set(transaction)
    this.queues.set(transaction.senderHex, queue)
    this.byHash.set(transaction.hashHex, transaction)
    this.bytes += transaction.raw.length
  }

  private remove(transaction: PoolTransaction): void {
    if (!this.byHash.delete(transaction.hashHex)) return
    this.bytes -= transaction.raw.length
    this.queues.get(transaction.senderHex)?.remove(transaction)
    this.dropIfEmpty(transaction.senderHex)
  }

  private dropIfEmpty(sender: string): void {
    if (this.queues.get(sender)?.size === 0) this.queues.delete(sender)
  }
}
