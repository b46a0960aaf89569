import type { Block } from '@ethereumjs/block'
import { KECCAK256_RLP_ARRAY_S, KECCAK256_RLP_S } from '@ethereumjs/util'
import { formatTransaction } from './formatTransaction.ts'
import { hexOf, quantity } from './hex.ts'

/** A block's header as clients read it. */
export function formatHeader(block: Block): Record<string, unknown> {
  const { header } = block
  return {
    number: quantity(header.number),
    hash: hexOf(block.hash()),
    parentHash: hexOf(header.parentHash),
    nonce: hexOf(header.nonce),
    mixHash: hexOf(header.mixHash),
    sha3Uncles: KECCAK256_RLP_ARRAY_S,
    logsBloom: hexOf(header.logsBloom),
    transactionsRoot: hexOf(header.transactionsTrie),
    stateRoot: hexOf(header.stateRoot),
    receiptsRoot: hexOf(header.receiptTrie),
    miner: header.coinbase.toString(),
    difficulty: '0x0',
    totalDifficulty: '0x0',
    extraData: hexOf(header.extraData),
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    baseFeePerGas: quantity(header.baseFeePerGas ?? 0n),
    withdrawalsRoot: KECCAK256_RLP_S,
    blobGasUsed: quantity(header.blobGasUsed ?? 0n),
    excessBlobGas: quantity(header.excessBlobGas ?? 0n),
    parentBeaconBlockRoot: hexOf(header.parentBeaconBlockRoot ?? new Uint8Array(32)),
  }
}

/** A whole block as clients read it. @param full true for its transactions, false for their hashes */
export function formatBlock(block: Block, full: boolean): Record<string, unknown> {
  return {
    ...formatHeader(block),
    size: quantity(block.serialize().length),
    uncles: [],
    withdrawals: [],
    transactions: block.transactions.map((tx, index) => (full ? formatTransaction(tx, tx.getSenderAddress().toString(), { block, index }) : hexOf(tx.hash()))),
  }
}
