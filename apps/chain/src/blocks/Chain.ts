import { createBlockFromRLP, type Block } from '@ethereumjs/block'
import type { MerkleStateManager } from '@ethereumjs/statemanager'
import { equalsBytes } from '@ethereumjs/util'
import type { ChainCommon } from '../evm/ChainCommon.ts'
import { stateAt } from '../evm/stateAt.ts'
import type { ChainStore } from '../storage/ChainStore.ts'
import { StateNodes } from '../storage/StateNodes.ts'
import { decodeReceipts, type ReceiptRecord, type TransactionPlace } from '../storage/records.ts'
import { corrupt } from '../storage/storageErrors.ts'

const recentBlocks = 128

/**
 * The committed blocks, read-only: the head, any block and its receipts, and the state after any block. A block is seen in all of
 * them or in none: the store may already hold one that is not flushed yet, and what lies above the head is not shown.
 */
export class Chain {
  readonly common: ChainCommon
  readonly store: ChainStore
  private current: Block
  private readonly recent = new Map<number, Block>()

  private constructor(common: ChainCommon, store: ChainStore, head: Block) {
    this.common = common
    this.store = store
    this.current = head
  }

  /**
   * Opens a stored chain and checks that its head, its head's state and its genesis are there and belong together.
   * @throws StorageError `CHAIN_DATA_CORRUPT`
   */
  static async open(common: ChainCommon, store: ChainStore, genesis: Block): Promise<Chain> {
    const number = store.headNumber()
    const chain = new Chain(common, store, genesis)
    const first = chain.block(0)
    if (first === undefined || !equalsBytes(first.hash(), genesis.hash())) throw corrupt(store.folder, 'block 0 is not the block of its genesis')
    const bytes = number === undefined ? undefined : store.block(number)
    const head = bytes === undefined ? undefined : chain.decode(number ?? 0, bytes)
    if (head === undefined) throw corrupt(store.folder, `the last block (${number}) is missing`)
    if (store.numberOf(head.hash()) !== number) throw corrupt(store.folder, `the last block (${number}) was altered`)
    chain.current = head
    if (chain.receipts(chain.headNumber).length !== head.transactions.length) {
      throw corrupt(store.folder, `receipts of the last block (${number}) are missing`)
    }
    store.node(Buffer.from(head.header.stateRoot).toString('hex'))
    return chain
  }

  /** The last committed block. */
  get head(): Block {
    return this.current
  }

  get headNumber(): number {
    return Number(this.current.header.number)
  }

  /** To be called when a block's commit has succeeded. */
  advance(block: Block): void {
    this.remember(Number(block.header.number), block)
    this.current = block
  }

  block(number: number): Block | undefined {
    if (number > this.headNumber) return undefined
    const known = this.recent.get(number)
    if (known !== undefined) return known
    const bytes = this.store.block(number)
    if (bytes === undefined) return undefined
    const block = this.decode(number, bytes)
    this.remember(number, block)
    return block
  }

  blockByHash(hash: Uint8Array): Block | undefined {
    const number = this.store.numberOf(hash)
    const block = number === undefined ? undefined : this.block(number)
    return block !== undefined && equalsBytes(block.hash(), hash) ? block : undefined
  }

  /** The receipts of a block, in the order of its transactions. */
  receipts(number: number): ReceiptRecord[] {
    const bytes = number > this.headNumber ? undefined : this.store.blockReceipts(number)
    return bytes === undefined ? [] : decodeReceipts(bytes)
  }

  place(transactionHash: Uint8Array): TransactionPlace | undefined {
    const place = this.store.place(transactionHash)
    return place === undefined || place.blockNumber > this.headNumber ? undefined : place
  }

  /** A state of one's own to read or simulate on: what is written to it is dropped with it. */
  stateOf(block: Block): MerkleStateManager {
    return stateAt(this.common, new StateNodes(this.store), block.header.stateRoot, { lasting: false })
  }

  /** For the BLOCKHASH instruction. */
  readonly hashOf = (number: number): Uint8Array => this.block(number)?.hash() ?? new Uint8Array(32)

  private decode(number: number, bytes: Uint8Array): Block {
    try {
      return createBlockFromRLP(bytes, { common: this.common })
    } catch (error) {
      throw corrupt(this.store.folder, `block ${number} cannot be read`, error)
    }
  }

  private remember(number: number, block: Block): void {
    this.recent.set(number, block)
    const oldest = this.recent.keys().next().value
    if (this.recent.size > recentBlocks && oldest !== undefined) this.recent.delete(oldest)
  }
}
