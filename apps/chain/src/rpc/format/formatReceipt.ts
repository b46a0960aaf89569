import type { Block } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import { Address, generateAddress, bigIntToUnpaddedBytes } from '@ethereumjs/util'
import { Bloom } from '@ethereumjs/vm'
import type { LogRecord, ReceiptRecord } from '../../storage/records.ts'
import { effectiveGasPrice } from './formatTransaction.ts'
import { hexOf, quantity } from './hex.ts'

/** A log as clients read it. @param logIndex its place among all logs of the block */
export function formatLog(log: LogRecord, block: Block, transactionIndex: number, logIndex: number): Record<string, unknown> {
  return {
    address: hexOf(log.address),
    topics: log.topics.map(hexOf),
    data: hexOf(log.data),
    blockHash: hexOf(block.hash()),
    blockNumber: quantity(block.header.number),
    blockTimestamp: quantity(block.header.timestamp),
    transactionHash: hexOf((block.transactions[transactionIndex] as TypedTransaction).hash()),
    transactionIndex: quantity(transactionIndex),
    logIndex: quantity(logIndex),
    removed: false,
  }
}

/** The receipt of a block's transaction as clients read it. @param receipts all receipts of the block */
export function formatReceipt(block: Block, receipts: readonly ReceiptRecord[], index: number): Record<string, unknown> {
  const tx = block.transactions[index] as TypedTransaction
  const receipt = receipts[index] as ReceiptRecord
  const firstLog = receipts.slice(0, index).reduce((count, { logs }) => count + logs.length, 0)
  return {
    transactionHash: hexOf(tx.hash()),
    transactionIndex: quantity(index),
    blockHash: hexOf(block.hash()),
    blockNumber: quantity(block.header.number),
    from: hexOf(receipt.from),
    to: tx.to?.toString() ?? null,
    contractAddress: tx.to === undefined ? new Address(generateAddress(receipt.from, bigIntToUnpaddedBytes(tx.nonce))).toString() : null,
    status: receipt.succeeded ? '0x1' : '0x0',
    type: quantity(tx.type),
    gasUsed: quantity(receipt.gasUsed),
    cumulativeGasUsed: quantity(receipt.cumulativeGasUsed),
    effectiveGasPrice: quantity(effectiveGasPrice(tx, block)),
    logs: receipt.logs.map((log, position) => formatLog(log, block, index, firstLog + position)),
    logsBloom: hexOf(bloomOf(receipt.logs, block)),
  }
}

function bloomOf(logs: readonly LogRecord[], block: Block): Uint8Array {
  const bloom = new Bloom(undefined, block.common)
  for (const log of logs) for (const part of [log.address, ...log.topics]) bloom.add(part)
  return bloom.bitvector
}
