import type { Address } from 'viem'
import type { Hex, Receipt } from '@openledger/protocol'
import type { EpochHeader } from '../epochs/EpochHeader.ts'
import { receiptArgument, type ReceiptOpening } from '../epochs/openings.ts'

/** A receipt that an epoch settles, with its node's signature: what a case is about. */
export type AnchoredReceipt = { gateway: Address; epoch: EpochHeader; opening: ReceiptOpening; receipt: { statement: Receipt; signature: Hex } }

/** An anchored receipt as the contracts take it. */
export function anchoredArgument({ gateway, epoch, opening, receipt }: AnchoredReceipt) {
  return { gateway, epoch, opening: receiptArgument(opening), receipt: receipt.statement, signature: receipt.signature }
}
