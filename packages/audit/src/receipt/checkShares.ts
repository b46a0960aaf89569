import { compareHex, OrderedTree, shareLeaf, type Hex, type Receipt, type Share } from '@openledger/protocol'
import { expectEqual, falseClaim } from '../report/Auditor.ts'

/** Checks that shares are sorted, distinct, sum to the receipt's fee and stand under the share root in force: the receipt's, or that of its attribution. */
export function checkShares(receipt: Receipt, shares: readonly Share[], shareRoot: Hex): string {
  shares.forEach((share, i) => {
    const before = shares[i - 1]
    if (before && compareHex(before.payee, share.payee) >= 0) falseClaim(`share ${i} is out of order or names a payee twice`)
    if (share.amount === 0n) falseClaim(`share ${i} pays nothing`)
  })
  expectEqual('sum of the shares', receipt.fee, shares.reduce((sum, s) => sum + s.amount, 0n))
  expectEqual('share root', shareRoot, new OrderedTree(shares.map(shareLeaf)).root)
  return `${shares.length} shares sum to the fee`
}
