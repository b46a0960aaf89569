import { zeroHash, type Attribution, type AttributedReceipt, type Hex, type Receipt } from '@openledger/protocol'

const noAttribution: Attribution = { receiptId: zeroHash, attributionRoot: zeroHash, queryHash: zeroHash, shareRoot: zeroHash, time: 0n }

/** A receipt, and the Attribution that closed it, as the contracts take them. */
export function attributedArgument({ receipt, attributionDeadline, completion }: AttributedReceipt): { receipt: Receipt; signature: Hex; deadline: bigint; attribution: Attribution; attributionSignature: Hex } {
  return {
    receipt: receipt.statement,
    signature: receipt.signature,
    deadline: BigInt(attributionDeadline ?? 0),
    attribution: completion?.statement ?? noAttribution,
    attributionSignature: completion?.signature ?? '0x',
  }
}
