import { compareHex, OrderedTree, shareLeaf, type Receipt, type Share } from '@openledger/protocol'
import { expectEqual, falseClaim } from '../report/Auditor.ts'

/** Checks that shares are sorted, distinct, sum to the receipt's fee and stand under its share root. */
export function checkShares(receipt: Receipt, shares: readonly Share[]): string {
  shares.forEach((share, i) => {
    const before = shares[i - 1]
    if (before && compareHex(before.payee, share.payee) >= 0) falseClaim(`share ${i} is out of order or names a payee twice`)
    if (share.amount === 0n) falseClaim(`share ${i} pays nothing`)
  })
  expectEqual('sum of the shares', receipt.fee, shares.reduce((sum, s) => sum + s.amount, 0n))
  expectEqual('share root', receipt.shareRoot, new OrderedTree(shares.map(shareLeaf)).root)
  return `${shares.length} shares sum to the fee`
}
