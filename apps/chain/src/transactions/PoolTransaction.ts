import { Capability, createTxFromRLP, type FeeMarket1559Tx, type LegacyTx, type TypedTransaction } from '@ethereumjs/tx'
import type { Address } from '@ethereumjs/util'
import type { ChainCommon } from '../evm/ChainCommon.ts'

/** A signed transaction that waits, with what the pool needs to know about it. */
export type PoolTransaction = {
  tx: TypedTransaction
  raw: Uint8Array
  hash: Uint8Array
  hashHex: string
  sender: Address
  senderHex: string
  nonce: bigint
  /** The most that it can cost its sender, in the smallest unit. */
  maxCost: bigint
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
  /** Its place in the journal, which is the order of arrival. */
  sequence: number
}

/**
 * Reads a transaction and recovers its sender.
 * @throws Error of the library when the bytes or the signature are wrong
 */
export function readTransaction(raw: Uint8Array, sequence: number, common: ChainCommon): PoolTransaction {
  const tx = createTxFromRLP(raw, { common })
  const sender = tx.getSenderAddress()
  const hash = tx.hash()
  const { maxFeePerGas, maxPriorityFeePerGas } = feesOf(tx)
  return {
    tx,
    raw,
    hash,
    hashHex: Buffer.from(hash).toString('hex'),
    sender,
    senderHex: sender.toString(),
    nonce: tx.nonce,
    maxCost: tx.gasLimit * maxFeePerGas + tx.value,
    maxFeePerGas,
    maxPriorityFeePerGas,
    sequence,
  }
}

/** The fee limits of a transaction; one without a fee market pays its gas price whole. Per unit of gas. */
export function feesOf(tx: TypedTransaction): { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } {
  if (tx.supports(Capability.EIP1559FeeMarket)) {
    const { maxFeePerGas, maxPriorityFeePerGas } = tx as FeeMarket1559Tx
    return { maxFeePerGas, maxPriorityFeePerGas }
  }
  const { gasPrice } = tx as LegacyTx
  return { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice }
}

/** What a transaction pays the block's producer per unit of gas at a base fee; negative when it cannot pay the base fee. */
export function tipAt(fees: { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }, baseFee: bigint): bigint {
  const left = fees.maxFeePerGas - baseFee
  return left < fees.maxPriorityFeePerGas ? left : fees.maxPriorityFeePerGas
}
