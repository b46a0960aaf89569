import type { Address } from 'viem'
import { compareHex } from '../encoding/compare.ts'
import type { Hex } from '../encoding/bytes.ts'
import { fail } from '../errors/fail.ts'
import { balanceLeaf, lineLeaf, receiptLeaf, type Balance, type Line, type ReceiptLeaf, type Share } from '../merkle/leaves.ts'
import { OrderedTree } from '../merkle/OrderedTree.ts'

/** A receipt as an epoch takes it in: with its shares in force, and their root as the node signed it. */
export type SettledReceipt = { receiptId: Hex; node: Address; nonce: bigint; shareRoot: Hex; shares: readonly Share[] }

export type EpochLedger = {
  /** Sorted by id. */
  receipts: ReceiptLeaf[]
  /** Sorted by payee, then receipt. */
  lines: Line[]
  /** Every payee ever, sorted. */
  balances: Balance[]
  /** The sum of all lines. */
  total: bigint
  receiptsRoot: Hex
  linesRoot: Hex
  balancesRoot: Hex
}

/**
 * Makes an epoch's ledger: sorted lines with running totals, and balances over all time. Pure: same input, same roots.
 * @throws InputError DUPLICATE_NONCE, DUPLICATE_LINE, DUPLICATE_PAYEE, NEGATIVE_AMOUNT
 */
export function buildEpoch(receipts: readonly SettledReceipt[], previous: readonly Balance[]): EpochLedger {
  const ordered = [...receipts].sort((a, b) => compareHex(a.node, b.node) || (a.nonce < b.nonce ? -1 : a.nonce > b.nonce ? 1 : 0))
  ordered.forEach((receipt, i) => {
    const before = ordered[i - 1]
    if (before && compareHex(before.node, receipt.node) === 0 && before.nonce === receipt.nonce) {
      fail('DUPLICATE_NONCE', `two receipts of node ${receipt.node} carry nonce ${receipt.nonce}`)
    }
  })
  const unsorted = ordered.flatMap((r) => r.shares.map((s) => ({ payee: s.payee.toLowerCase() as Address, receiptId: r.receiptId, amount: s.amount })))
  unsorted.sort((a, b) => compareHex(a.payee, b.payee) || compareHex(a.receiptId, b.receiptId))

  unsorted.forEach((line, i) => {
    const before = unsorted[i - 1]
    if (line.amount < 0n) fail('NEGATIVE_AMOUNT', `receipt ${line.receiptId} owes ${line.payee} less than nothing`)
    if (before?.payee === line.payee && compareHex(before.receiptId, line.receiptId) === 0) fail('DUPLICATE_LINE', `receipt ${line.receiptId} names ${line.payee} twice`)
  })

  const cumulative = new Map<Address, bigint>(previous.map((b) => [b.payee.toLowerCase() as Address, b.cumulative]))
  if (cumulative.size !== previous.length) fail('DUPLICATE_PAYEE', 'the previous balances name one payee twice')
  const lines: Line[] = []
  let total = 0n
  for (const { payee, receiptId, amount } of unsorted) {
    const last = lines[lines.length - 1]
    const runningTotal = (last?.payee === payee ? last.runningTotal : 0n) + amount
    total += amount
    lines.push({ payee, receiptId, amount, runningTotal, epochTotal: total })
    cumulative.set(payee, (cumulative.get(payee) ?? 0n) + amount)
  }
  const balances = [...cumulative].map(([payee, sum]) => ({ payee, cumulative: sum })).sort((a, b) => compareHex(a.payee, b.payee))
  const leaves = ordered.map(({ receiptId, shareRoot }) => ({ receiptId, shareRoot })).sort((a, b) => compareHex(a.receiptId, b.receiptId))
  return {
    receipts: leaves,
    lines,
    balances,
    total,
    receiptsRoot: new OrderedTree(leaves.map(receiptLeaf)).root,
    linesRoot: new OrderedTree(lines.map(lineLeaf)).root,
    balancesRoot: new OrderedTree(balances.map(balanceLeaf)).root,
  }
}
