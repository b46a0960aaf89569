import type { BatchDBOp, DB } from '@ethereumjs/util'
import type { ChainStore } from './ChainStore.ts'

/**
 * The trie nodes and contract codes as the library reads and writes them. Reads come from what was staged, then from the store.
 * Writes are staged only: a block's go to the store together with the block, a simulation's are dropped with it.
 */
export class StateNodes implements DB<string, string | Uint8Array> {
  private readonly store: ChainStore
  private readonly staged = new Map<string, Uint8Array>()

  constructor(store: ChainStore) {
    this.store = store
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.staged.get(key) ?? this.store.node(key)
  }

  async put(key: string, value: string | Uint8Array): Promise<void> {
    this.staged.set(key, value as Uint8Array)
  }

  /** Nodes are shared between states, and states of the past stay readable: nothing is ever removed. */
  async del(): Promise<void> {}

  async batch(operations: BatchDBOp<string, string | Uint8Array>[]): Promise<void> {
    for (const operation of operations) if (operation.type === 'put') await this.put(operation.key, operation.value)
  }

  /** What was written since the last {@link discard}, by key in unprefixed hex. */
  get written(): ReadonlyMap<string, Uint8Array> {
    return this.staged
  }

  /** Forgets what was staged: it is in the store now, or its block failed. */
  discard(): void {
    this.staged.clear()
  }

  /** The storage tries of one state work on the same staged nodes as its account trie. */
  shallowCopy(): StateNodes {
    return this
  }

  async open(): Promise<void> {}
}
