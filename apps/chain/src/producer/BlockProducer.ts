import type { Block } from '@ethereumjs/block'
import { createZeroAddress } from '@ethereumjs/util'
import type { VM } from '@ethereumjs/vm'
import { buildBlock, UnrunnableTransaction, type BuiltBlock } from '../blocks/buildBlock.ts'
import type { Chain } from '../blocks/Chain.ts'
import type { ChainClock } from '../blocks/ChainClock.ts'
import { createChainVm } from '../evm/createChainVm.ts'
import { stateAt } from '../evm/stateAt.ts'
import type { TransactionPool } from '../pool/TransactionPool.ts'
import { encodeReceipts } from '../storage/records.ts'
import { StateNodes } from '../storage/StateNodes.ts'

/** The most work that goes into one block: longer ones would keep the node from answering. */
const buildBudgetMs = 1_000

export type Mined = { block: Block; count: number }

/**
 * Makes blocks, one at a time: runs what the pool gives, commits the block with all its state, and only then shows it.
 * When anything fails nothing is kept, and the EVM is opened again on the last committed state.
 */
export class BlockProducer {
  private readonly chain: Chain
  private readonly pool: TransactionPool
  private readonly clock: ChainClock
  private readonly listeners = new Set<(block: Block) => void>()
  private readonly nodes: StateNodes
  private vm: VM | undefined
  private last: Promise<unknown> = Promise.resolve()

  constructor(chain: Chain, pool: TransactionPool, clock: ChainClock) {
    this.chain = chain
    this.pool = pool
    this.clock = clock
    this.nodes = new StateNodes(chain.store)
  }

  /** Calls back with each new block, after its commit. Returns what ends that. */
  onBlock(listener: (block: Block) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /**
   * Makes one block of what is ready; waits for the one that is being made.
   * @param allowEmpty makes a block even when nothing is ready
   * @returns undefined when there was nothing to do
   * @throws the store's error when the block could not be committed; its transactions then wait on
   */
  produce(allowEmpty: boolean): Promise<Mined | undefined> {
    const next = this.last.then(() => this.produceNow(allowEmpty))
    this.last = next.catch(() => undefined)
    return next
  }

  /** Resolves when no block is being made. */
  async idle(): Promise<void> {
    await this.last
  }

  private async produceNow(allowEmpty: boolean): Promise<Mined | undefined> {
    try {
      for (;;) {
        const transactions = this.pool.take(this.chain.head.header.calcNextBaseFee())
        if (transactions.length === 0 && !allowEmpty) return undefined
        try {
          const built = await this.build(transactions)
          this.commit(built)
          return { block: built.block, count: built.included.length }
        } catch (error) {
          this.reset()
          if (!(error instanceof UnrunnableTransaction)) throw error
          this.pool.discard(error.transaction)
        }
      }
    } finally {
      this.pool.release()
    }
  }

  private async build(transactions: Parameters<typeof buildBlock>[0]['transactions']): Promise<BuiltBlock> {
    const parent = this.chain.head
    this.vm ??= await this.openVm()
    const deadline = performance.now() + buildBudgetMs
    return buildBlock({
      common: this.chain.common,
      vm: this.vm,
      parent,
      timestamp: this.clock.next(parent.header.timestamp),
      feeRecipient: createZeroAddress(),
      transactions,
      outOfTime: () => performance.now() > deadline,
    })
  }

  private commit({ block, receipts, included, bloom }: BuiltBlock): void {
    this.chain.store.commitBlock({
      number: Number(block.header.number),
      hash: block.hash(),
      block: block.serialize(),
      receipts: encodeReceipts(receipts),
      bloom,
      transactionHashes: included.map(({ hash }) => hash),
      nodes: this.nodes.written,
      settledSequences: included.map(({ sequence }) => sequence),
    })
    this.nodes.discard()
    this.clock.settled(block.header.timestamp)
    this.chain.advance(block)
    this.pool.settle(included)
    for (const listener of this.listeners) listener(block)
  }

  private openVm(): Promise<VM> {
    const state = stateAt(this.chain.common, this.nodes, this.chain.head.header.stateRoot, { lasting: true })
    return createChainVm(this.chain.common, state, this.chain.hashOf)
  }

  /** After a failure the EVM and its caches hold half a block: they are thrown away. */
  private reset(): void {
    this.vm = undefined
    this.nodes.discard()
  }
}
