import { RLP } from '@ethereumjs/rlp'
import { bigIntToUnpaddedBytes, bytesToBigInt } from '@ethereumjs/util'

/** One event, as a contract emitted it: the emitter's 20 bytes, up to four topics of 32 bytes, and data. */
export type LogRecord = { address: Uint8Array; topics: Uint8Array[]; data: Uint8Array }

/** What running one transaction came to. Gas in units of gas; `cumulativeGasUsed` counts the transactions before it in the block too. */
export type ReceiptRecord = {
  from: Uint8Array
  succeeded: boolean
  gasUsed: bigint
  cumulativeGasUsed: bigint
  logs: LogRecord[]
}

type Encoded = [Uint8Array, Uint8Array, Uint8Array, Uint8Array, [Uint8Array, Uint8Array[], Uint8Array][]]

/** Encodes a block's receipts, in the order of its transactions, as one RLP list. */
export function encodeReceipts(receipts: readonly ReceiptRecord[]): Uint8Array {
  return RLP.encode(
    receipts.map((receipt) => [
      receipt.from,
      receipt.succeeded ? Uint8Array.of(1) : new Uint8Array(),
      bigIntToUnpaddedBytes(receipt.gasUsed),
      bigIntToUnpaddedBytes(receipt.cumulativeGasUsed),
      receipt.logs.map((log) => [log.address, log.topics, log.data]),
    ]),
  )
}

/** Reads what {@link encodeReceipts} wrote. */
export function decodeReceipts(bytes: Uint8Array): ReceiptRecord[] {
  return (RLP.decode(bytes) as unknown as Encoded[]).map(([from, status, gasUsed, cumulativeGasUsed, logs]) => ({
    from,
    succeeded: status.length > 0,
    gasUsed: bytesToBigInt(gasUsed),
    cumulativeGasUsed: bytesToBigInt(cumulativeGasUsed),
    logs: logs.map(([address, topics, data]) => ({ address, topics, data })),
  }))
}

/** Where a transaction is: the number of its block and its place in it. */
export type TransactionPlace = { blockNumber: number; index: number }

export function encodePlace(place: TransactionPlace): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, place.blockNumber)
  view.setUint32(4, place.index)
  return bytes
}

export function decodePlace(bytes: Uint8Array): TransactionPlace {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { blockNumber: view.getUint32(0), index: view.getUint32(4) }
}
