import {
  checkCompletion,
  compareHex,
  EpochTrees,
  OpenLedgerError,
  OrderedTree,
  rootsInForce,
  shareLeaf,
  statementDigest,
  statementDomain,
  verifyStatement,
  zeroHash,
  type EpochFile,
  type PostedEpoch,
} from '@openledger/protocol'
import type { EarlierEpoch, EpochFault } from './EpochFault.ts'
import { findBalanceFault } from './findBalanceFault.ts'
import { findLineFault } from './findLineFault.ts'
import { findPaymentFault } from './findPaymentFault.ts'

const lists = ['receipts', 'lines', 'balances'] as const

/** A list of the file that is not the one under the posted root: what stands there must be shown. */
function withheld(trees: EpochTrees, header: PostedEpoch): EpochFault | undefined {
  const counts = { receipts: header.receiptCount, lines: header.lineCount, balances: 1 }
  for (const list of lists) {
    const posted = header[`${list}Root`]
    if (compareHex(posted, trees[`${list}Root`]) !== 0 && counts[list] > 0) return { claim: { name: 'withheld', list, place: 0 }, finding: `the file's ${list} are not those under the posted root` }
  }
  return undefined
}

function receiptOrder(trees: EpochTrees, { receiptCount }: PostedEpoch): EpochFault | undefined {
  const { receipts } = trees.file
  if (receipts.length !== receiptCount) {
    if (receipts.length === 0) return { claim: { name: 'withheld', list: 'receipts', place: 0 }, finding: `${receiptCount} receipts were posted and none is there` }
    return { claim: { name: 'receipts', first: trees.receipt(0), second: trees.receipt(0) }, finding: `${receiptCount} receipts were posted and ${receipts.length} are there` }
  }
  const place = receipts.findIndex((entry, i) => i > 0 && compareHex(receipts[i - 1]!.id, entry.id) >= 0)
  if (place < 0) return undefined
  return { claim: { name: 'receipts', first: trees.receipt(place - 1), second: trees.receipt(place) }, finding: `receipt ${place} is out of order or stands there twice` }
}

/** Whether an entry is what the court would take for the receipt: signed, with the shares in force. */
async function isWhole(file: EpochFile, entry: EpochFile['receipts'][number]): Promise<boolean> {
  const domain = statementDomain(file.chainId, file.epochs)
  const { statement, signature } = entry.receipt
  if (statementDigest(domain, 'Receipt', statement) !== entry.id) return false
  if (compareHex(new OrderedTree(entry.shares.map(shareLeaf)).root, rootsInForce(entry).shareRoot) !== 0) return false
  try {
    await verifyStatement(domain, 'Receipt', statement, signature, statement.node)
    await checkCompletion(domain, entry)
    return true
  } catch (error) {
    if (error instanceof OpenLedgerError && error.action === 'fix') return false
    throw error
  }
}

async function receiptContent(trees: EpochTrees): Promise<EpochFault | undefined> {
  const { file } = trees
  for (const [place, entry] of file.receipts.entries()) {
    const { statement } = entry.receipt
    const named = statementDigest(statementDomain(file.chainId, file.epochs), 'Receipt', statement) === entry.id
    const otherShares = statement.attributionRoot === zeroHash && compareHex(statement.shareRoot, rootsInForce(entry).shareRoot) !== 0
    if (named && (compareHex(statement.gateway, file.gateway) !== 0 || otherShares)) {
      return { claim: { name: 'misplaced-receipt', opening: trees.receipt(place), receipt: statement }, finding: `receipt ${place} is of another gateway, or pays by other shares than it names` }
    }
    if (!(await isWhole(file, entry))) return { claim: { name: 'withheld', list: 'receipts', place }, finding: `receipt ${place} is not one that its node signed with these shares` }
  }
  return undefined
}

function repeatedReceipt(trees: EpochTrees, earlier: readonly EarlierEpoch[]): EpochFault | undefined {
  const places = new Map(trees.file.receipts.map(({ id }, place) => [id, place]))
  for (const { file, header } of earlier) {
    const there = file.receipts.findIndex(({ id }) => places.has(id))
    if (there < 0) continue
    const here = places.get(file.receipts[there]!.id)!
    return { claim: { name: 'repeated-receipt', here: trees.receipt(here), earlier: header, there: new EpochTrees(file).receipt(there) }, finding: `receipt ${here} was settled in epoch ${header.index} already` }
  }
  return undefined
}

/**
 * Looks for a fault of an epoch that a contract can be shown, by the file that its gateway published.
 * @param earlier the epochs before it that stand and are at hand, in any order
 * @returns the first fault with its openings; undefined when there is none, or none that is the gateway's and can be shown
 */
export async function findEpochFault(file: EpochFile, header: PostedEpoch, earlier: readonly EarlierEpoch[] = []): Promise<EpochFault | undefined> {
  const trees = new EpochTrees(file)
  return (
    withheld(trees, header) ??
    receiptOrder(trees, header) ??
    findLineFault(trees, header) ??
    (await receiptContent(trees)) ??
    findPaymentFault(trees) ??
    repeatedReceipt(trees, earlier) ??
    findBalanceFault(trees, header, earlier.find((e) => e.header.index === header.index - 1n))
  )
}
