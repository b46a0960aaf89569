import type { EpochTrees } from '@openledger/protocol'
import type { EpochFault } from './EpochFault.ts'

/** Holds the lines against the receipts, whose order and shares must be right. */
export function findPaymentFault(trees: EpochTrees): EpochFault | undefined {
  const { lines, receipts } = trees.file
  const keyOf = (payee: string, id: string): string => `${payee} ${id}`.toLowerCase()
  const known = new Set(receipts.map(({ id }) => id))
  const owed = new Map(receipts.flatMap(({ id, shares }) => shares.map(({ payee, amount }) => [keyOf(payee, id), amount] as const)))
  const paid = new Map(lines.map(({ payee, receiptId, amount }) => [keyOf(payee, receiptId), amount]))
  for (const [place, { payee, receiptId, amount }] of lines.entries()) {
    if ((owed.get(keyOf(payee, receiptId)) ?? 0n) === amount) continue
    const share = known.has(receiptId) ? trees.findShare(receiptId, payee) : []
    return { claim: { name: 'foreign-line', line: trees.line(place), receipt: trees.findReceipt(receiptId), share }, finding: `line ${place} is not what its receipt pays` }
  }
  for (const [place, { id, shares }] of receipts.entries()) {
    const share = shares.find(({ payee, amount }) => (paid.get(keyOf(payee, id)) ?? 0n) !== amount)
    if (!share) continue
    const opening = trees.findShare(id, share.payee)[0]!
    return { claim: { name: 'missing-line', receipt: trees.receipt(place), share: opening, lines: trees.findLine(share.payee, id) }, finding: `receipt ${place} pays ${share.payee}, and no line does` }
  }
  return undefined
}
