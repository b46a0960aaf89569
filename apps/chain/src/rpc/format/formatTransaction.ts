import type { Block } from '@ethereumjs/block'
import { Capability, type AccessList2930Tx, type FeeMarket1559Tx, type LegacyTx, type TypedTransaction } from '@ethereumjs/tx'
import { feesOf, tipAt } from '../../transactions/PoolTransaction.ts'
import { hexOf, quantity } from './hex.ts'

/** What a transaction pays per unit of gas in a block. */
export function effectiveGasPrice(tx: TypedTransaction, block: Block): bigint {
  const baseFee = block.header.baseFeePerGas ?? 0n
  return baseFee + tipAt(feesOf(tx), baseFee)
}

/** A transaction as clients read it. @param place undefined while it waits for a block */
export function formatTransaction(tx: TypedTransaction, from: string, place?: { block: Block; index: number }): Record<string, unknown> {
  const isMarket = tx.supports(Capability.EIP1559FeeMarket)
  const isTyped = tx.supports(Capability.EIP2718TypedTransaction)
  const { maxFeePerGas, maxPriorityFeePerGas } = tx as FeeMarket1559Tx
  const price = isMarket ? (place === undefined ? maxFeePerGas : effectiveGasPrice(tx, place.block)) : (tx as LegacyTx).gasPrice
  return {
    hash: hexOf(tx.hash()),
    type: quantity(tx.type),
    nonce: quantity(tx.nonce),
    blockHash: place === undefined ? null : hexOf(place.block.hash()),
    blockNumber: place === undefined ? null : quantity(place.block.header.number),
    transactionIndex: place === undefined ? null : quantity(place.index),
    from,
    to: tx.to?.toString() ?? null,
    value: quantity(tx.value),
    gas: quantity(tx.gasLimit),
    gasPrice: quantity(price),
    ...(isMarket ? { maxFeePerGas: quantity(maxFeePerGas), maxPriorityFeePerGas: quantity(maxPriorityFeePerGas) } : {}),
    ...(isTyped ? { accessList: formatAccessList(tx as AccessList2930Tx), yParity: quantity(tx.v ?? 0n) } : {}),
    chainId: quantity(tx.common.chainId()),
    input: hexOf(tx.data),
    v: quantity(tx.v ?? 0n),
    r: quantity(tx.r ?? 0n),
    s: quantity(tx.s ?? 0n),
  }
}

function formatAccessList(tx: AccessList2930Tx): { address: string; storageKeys: string[] }[] {
  return tx.accessList.map(([address, keys]) => ({ address: hexOf(address), storageKeys: keys.map(hexOf) }))
}
