import { Block, createBlockHeader, genTransactionsTrieRoot, type HeaderData } from '@ethereumjs/block'
import { MerklePatriciaTrie } from '@ethereumjs/mpt'
import { RLP } from '@ethereumjs/rlp'
import { KECCAK256_RLP, type Address } from '@ethereumjs/util'
import { Bloom, encodeReceipt, runTx, type RunTxResult, type VM } from '@ethereumjs/vm'
import { OpenLedgerError } from '@openledger/protocol/errors'
import type { ChainCommon } from '../evm/ChainCommon.ts'
import type { PoolTransaction } from '../transactions/PoolTransaction.ts'
import type { ReceiptRecord } from '../storage/records.ts'

export type BuildRequest = {
  common: ChainCommon
  /** An EVM over the parent's state; left with the new state, or unusable after an error. */
  vm: VM
  parent: Block
  timestamp: bigint
  feeRecipient: Address
  /** In the order to run them; each sender's in the order of its nonces. */
  transactions: Iterable<PoolTransaction>
  /** Says when to stop adding transactions. */
  outOfTime: () => boolean
}

export type BuiltBlock = {
  block: Block
  receipts: ReceiptRecord[]
  included: PoolTransaction[]
  /** Undefined when the block has no logs. */
  bloom: Uint8Array | undefined
}

/** A transaction that cannot run at all on this state (say, its sender has less than it costs): it is to be dropped. */
export class UnrunnableTransaction extends OpenLedgerError {
  readonly transaction: PoolTransaction

  constructor(transaction: PoolTransaction, cause: unknown) {
    super('CHAIN_TRANSACTION_UNRUNNABLE', cause instanceof Error ? cause.message : String(cause), { cause })
    this.transaction = transaction
  }
}

/**
 * Runs transactions on the parent's state and makes the block that they give. Transactions whose gas does not fit any more are left
 * for later, with all later ones of their sender.
 * @throws UnrunnableTransaction and the EVM's state is then unusable
 */
export async function buildBlock(request: BuildRequest): Promise<BuiltBlock> {
  const { common, vm, parent } = request
  const gasLimit = parent.header.gasLimit
  const headerData: HeaderData = {
    number: parent.header.number + 1n,
    parentHash: parent.hash(),
    timestamp: request.timestamp,
    gasLimit,
    baseFeePerGas: parent.header.calcNextBaseFee(),
    coinbase: request.feeRecipient,
    mixHash: common.keccak256(parent.hash()),
  }
  const draft = new Block(createBlockHeader(headerData, { common }), [], [], [], { common })
  const results: RunTxResult[] = []
  const included: PoolTransaction[] = []
  const deferred = new Set<string>()
  let gasUsed = 0n
  let yielded = performance.now()
  await vm.evm.journal.checkpoint()
  for (const transaction of request.transactions) {
    if (deferred.has(transaction.senderHex)) continue
    if (transaction.tx.gasLimit > gasLimit - gasUsed) {
      deferred.add(transaction.senderHex)
      continue
    }
    const result = await run(vm, transaction, draft, gasUsed)
    results.push(result)
    included.push(transaction)
    gasUsed += result.totalGasSpent
    if (request.outOfTime()) break
    if (performance.now() - yielded > 10) {
      await new Promise(setImmediate)
      yielded = performance.now()
    }
  }
  const stateRoot = await vm.stateManager.getStateRoot()
  await vm.evm.journal.commit()
  const transactions = included.map(({ tx }) => tx)
  const bloom = new Bloom(undefined, common)
  for (const result of results) bloom.or(result.bloom)
  const header = createBlockHeader(
    {
      ...headerData,
      stateRoot,
      gasUsed,
      logsBloom: bloom.bitvector,
      transactionsTrie: transactions.length === 0 ? KECCAK256_RLP : await genTransactionsTrieRoot(transactions, new MerklePatriciaTrie({ common })),
      receiptTrie: await receiptsRoot(results, included, common),
    },
    { common },
  )
  return {
    block: new Block(header, transactions, [], [], { common }),
    receipts: results.map((result, index) => receiptOf(result, included[index] as PoolTransaction)),
    included,
    bloom: results.some((result) => result.receipt.logs.length > 0) ? bloom.bitvector : undefined,
  }
}

async function run(vm: VM, transaction: PoolTransaction, block: Block, gasUsed: bigint): Promise<RunTxResult> {
  try {
    return await runTx(vm, { tx: transaction.tx, block, blockGasUsed: gasUsed, skipHardForkValidation: true })
  } catch (error) {
    throw error instanceof OpenLedgerError ? error : new UnrunnableTransaction(transaction, error)
  }
}

async function receiptsRoot(results: RunTxResult[], included: PoolTransaction[], common: ChainCommon): Promise<Uint8Array> {
  if (results.length === 0) return KECCAK256_RLP
  const trie = new MerklePatriciaTrie({ common })
  for (const [index, result] of results.entries()) {
    await trie.put(RLP.encode(index), encodeReceipt(result.receipt, (included[index] as PoolTransaction).tx.type))
  }
  return trie.root()
}

function receiptOf(result: RunTxResult, transaction: PoolTransaction): ReceiptRecord {
  return {
    from: transaction.sender.bytes,
    succeeded: result.execResult.exceptionError === undefined,
    gasUsed: result.totalGasSpent,
    cumulativeGasUsed: result.receipt.cumulativeBlockGasUsed,
    logs: result.receipt.logs.map(([address, topics, data]) => ({ address, topics, data })),
  }
}
