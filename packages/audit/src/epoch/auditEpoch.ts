import type { Address } from 'viem'
import {
  buildEpoch,
  checkCompletion,
  epochFileSchema,
  readArtefact,
  rootsInForce,
  sha256,
  statementDigest,
  statementDomain,
  verifyStatement,
  type Balance,
  type EpochDispute,
  type EpochFile,
  type EpochLedger,
  type Line,
  type PostedEpoch,
} from '@openledger/protocol'
import type { ChainEpoch, ChainView } from '../chain/ChainView.ts'
import { checkSales } from '../receipt/checkSale.ts'
import { checkShares } from '../receipt/checkShares.ts'
import type { AuditReport, CheckOutcome } from '../report/AuditReport.ts'
import { Auditor, expectEqual, falseClaim, Skipped } from '../report/Auditor.ts'
import type { EarlierEpoch } from './EpochFault.ts'
import { findEpochFault } from './findEpochFault.ts'

export type EpochAuditInput = {
  /** The epoch file, as it was published. */
  file: Uint8Array
  chain: ChainView
  /** The epoch file before this one, when there is one and it is at hand. */
  previousFile?: Uint8Array
  /** The file of an earlier epoch, for receipts that were settled before; undefined where it is not at hand. Default: only the one before is looked at. */
  earlierFile?: (index: number) => Promise<Uint8Array | undefined>
  onCheck?: (outcome: CheckOutcome) => void
}

const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function checkLines(claimed: readonly Line[], found: readonly Line[]): void {
  found.forEach((line, i) => {
    const other = claimed[i]
    if (!other) return falseClaim(`line ${i} is missing: ${line.amount} to ${line.payee} for receipt ${line.receiptId}`)
    const same = sameAddress(other.payee, line.payee) && other.receiptId === line.receiptId && other.amount === line.amount
    if (!same) falseClaim(`line ${i} says ${other.amount} to ${other.payee} for ${other.receiptId}; the receipts say ${line.amount} to ${line.payee} for ${line.receiptId}`)
    if (other.runningTotal !== line.runningTotal) falseClaim(`line ${i} carries running total ${other.runningTotal}; it is ${line.runningTotal}`)
    if (other.epochTotal !== line.epochTotal) falseClaim(`line ${i} carries epoch total ${other.epochTotal}; it is ${line.epochTotal}`)
  })
  expectEqual('number of lines', claimed.length, found.length)
}

function checkBalances(claimed: readonly Balance[], found: readonly Balance[]): void {
  expectEqual('number of balances', claimed.length, found.length)
  found.forEach((balance, i) => {
    const other = claimed[i]!
    if (sameAddress(other.payee, balance.payee) && other.cumulative === balance.cumulative) return
    falseClaim(`balance ${i} says ${other.cumulative} for ${other.payee}; it is ${balance.cumulative} for ${balance.payee}`)
  })
}

async function checkPrevious(epoch: EpochFile, previousFile: Uint8Array | undefined): Promise<string | Skipped> {
  if (previousFile === undefined) {
    if (epoch.previousBalances.length === 0) return 'the first balances'
    return new Skipped('the file of the epoch before is not at hand')
  }
  checkBalances(epoch.previousBalances, readArtefact(epochFileSchema, previousFile).balances)
  return `${epoch.previousBalances.length} balances carried over`
}

/** The earlier epochs that stand and whose files are those that were posted, newest first. */
async function readEarlier({ index, gateway }: EpochFile, { chain, previousFile, earlierFile }: EpochAuditInput): Promise<EarlierEpoch[]> {
  const found: EarlierEpoch[] = []
  const oldest = earlierFile ? 0 : index - 1
  for (let i = index - 1; i >= Math.max(0, oldest); i--) {
    const bytes = i === index - 1 && previousFile ? previousFile : await earlierFile?.(i)
    const header = bytes && (await chain.epoch(gateway, i))
    if (header && !header.voided && header.dataHash === sha256(bytes)) found.push({ file: readArtefact(epochFileSchema, bytes), header: postedEpoch(header) })
  }
  return found
}

const postedEpoch = ({ voided: _, final: __, ...posted }: ChainEpoch): PostedEpoch => posted

/** The accusation of an epoch whose audit failed; undefined when no fault of it can be shown to a contract, or its window is over. */
async function accusation(epoch: EpochFile, file: Uint8Array, anchored: ChainEpoch | null, earlier: readonly EarlierEpoch[]): Promise<EpochDispute | undefined> {
  // A file that is not the one that was posted says nothing about who is at fault.
  if (!anchored || anchored.voided || anchored.final || anchored.dataHash !== sha256(file)) return undefined
  const { chainId, epochs, gateway } = epoch
  const header = postedEpoch(anchored)
  const fault = await findEpochFault(epoch, header, earlier)
  return fault && { kind: 'openledger/epoch-dispute/1', chainId, epochs, gateway, header, ...fault }
}

/**
 * Audits one epoch from its file: every receipt's signature and shares, every line and running total, every balance, and the chain's anchors.
 * @throws OpenLedgerError BAD_ARTEFACT for a file that cannot be read at all; retryable errors when the chain is away
 */
export async function auditEpoch(input: EpochAuditInput): Promise<AuditReport> {
  const { file, chain, previousFile, onCheck } = input
  const epoch = readArtefact(epochFileSchema, file)
  const auditor = new Auditor('epoch', `${epoch.index} of gateway ${epoch.gateway}`, onCheck)
  const domain = statementDomain(epoch.chainId, epoch.epochs as Address)
  const anchored = await chain.epoch(epoch.gateway, epoch.index)

  await auditor.check('epoch on chain', () => {
    if (!anchored) return falseClaim(`the chain knows no epoch ${epoch.index} of this gateway`)
    if (anchored.voided) falseClaim('the epoch was disproved on chain')
    expectEqual('hash of the epoch file', anchored.dataHash, sha256(file))
    return anchored.final ? 'final' : 'posted, dispute window open'
  })
  await auditor.check('receipt signatures', async () => {
    let missed = 0
    for (const entry of epoch.receipts) {
      const { id, receipt } = entry
      expectEqual('receipt id', id, statementDigest(domain, 'Receipt', receipt.statement))
      await verifyStatement(domain, 'Receipt', receipt.statement, receipt.signature, receipt.statement.node)
      expectEqual('gateway of a receipt', epoch.gateway, receipt.statement.gateway)
      if ((await checkCompletion(domain, entry)) === 'open') missed += 1
    }
    return `${epoch.receipts.length} receipts${missed > 0 ? `, ${missed} of them not attributed by their deadline` : ''}`
  })
  await auditor.check('shares', () => {
    for (const entry of epoch.receipts) checkShares(entry.receipt.statement, entry.shares, rootsInForce(entry).shareRoot)
    return `${epoch.receipts.length} share lists`
  })
  await auditor.check('rights to sell', () => checkSales(epoch.receipts, chain))
  const earlier = await readEarlier(epoch, input)
  await auditor.check('receipts settled once', () => {
    const ids = new Set(epoch.receipts.map(({ id }) => id))
    for (const { file: before } of earlier) {
      const again = before.receipts.find(({ id }) => ids.has(id))
      if (again) falseClaim(`receipt ${again.id} was settled in epoch ${before.index} already`)
    }
    return earlier.length === epoch.index ? 'in no earlier epoch' : `not in the ${earlier.length} earlier epochs at hand`
  })
  await auditor.check('balances before', () => checkPrevious(epoch, previousFile))
  // A file that names a nonce or a payee twice cannot be divided: that is a false claim, found by the first check that needs the result.
  let built: EpochLedger | undefined
  const ledger = (): EpochLedger =>
    (built ??= buildEpoch(
      epoch.receipts.map((entry) => ({ receiptId: entry.id, node: entry.receipt.statement.node, nonce: entry.receipt.statement.nonce, shareRoot: rootsInForce(entry).shareRoot, shares: entry.shares })),
      epoch.previousBalances,
    ))
  await auditor.check('lines', () => {
    checkLines(epoch.lines, ledger().lines)
    return `${ledger().lines.length} lines and running totals`
  })
  await auditor.check('balances', () => {
    checkBalances(epoch.balances, ledger().balances)
    return `${ledger().balances.length} balances`
  })
  await auditor.check('total', () => {
    expectEqual('total', epoch.total, ledger().total)
    return `${ledger().total} in all`
  })
  await auditor.check('anchors', async () => {
    expectEqual('receipts root', anchored!.receiptsRoot, ledger().receiptsRoot)
    expectEqual('lines root', anchored!.linesRoot, ledger().linesRoot)
    expectEqual('balances root', anchored!.balancesRoot, ledger().balancesRoot)
    expectEqual('total on chain', anchored!.total, ledger().total)
    expectEqual('lines on chain', anchored!.lineCount, ledger().lines.length)
    expectEqual('receipts on chain', anchored!.receiptCount, ledger().receipts.length)
    const collected = await chain.collected(epoch.gateway)
    const owed = ledger().balances.reduce((sum, b) => sum + b.cumulative, 0n)
    if (owed > collected) falseClaim(`the balances sum to ${owed}, but only ${collected} was collected`)
    return 'three roots, counts and total; all of it was collected'
  })
  const report = auditor.finish()
  const epochDispute = report.ok ? undefined : await accusation(epoch, file, anchored, earlier)
  return { ...report, ...(epochDispute ? { epochDispute } : {}) }
}
