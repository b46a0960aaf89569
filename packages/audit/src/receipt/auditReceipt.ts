import type { ContentStore } from '@openledger/datanet'
import {
  checkCompletion,
  epochFileSchema,
  OrderedTree,
  readArtefact,
  receiptBundleSchema,
  rootsInForce,
  runManifestSchema,
  shareLeaf,
  snapshotsHash,
  splitFee,
  splitWithoutAttribution,
  statementDigest,
  statementDomain,
  verifyStatement,
  type Network,
  type ReceiptBundle,
} from '@openledger/protocol'
import { checkAdapter, type AuditedRun } from '../adapter/checkAdapter.ts'
import type { ChainView } from '../chain/ChainView.ts'
import { AuditEngine, type BaseSource } from '../engine/AuditEngine.ts'
import type { AuditReport, CheckOutcome } from '../report/AuditReport.ts'
import { Auditor, expectEqual, falseClaim, Skipped } from '../report/Auditor.ts'
import { checkAnswer, checkPrompt } from './checkAnswer.ts'
import { checkAttribution, checkNoAttribution } from './checkAttribution.ts'
import { checkDeployment } from './checkDeployment.ts'
import { checkOpenings, isBareBase } from './checkOpenings.ts'
import { checkShares } from './checkShares.ts'

export type ReceiptAuditInput = {
  /** The receipt bundle, as the client keeps it. */
  bundle: Uint8Array
  content: ContentStore
  chain: ChainView
  network: Network
  source: BaseSource
  /** The file of the epoch that settled the receipt, when it is settled. */
  epochFile?: Uint8Array
  onCheck?: (outcome: CheckOutcome) => void
}

async function checkStatement(bundle: ReceiptBundle, chain: ChainView, network: Network): Promise<string> {
  const { statement, signature } = bundle.receipt
  expectEqual('chain', bundle.domain.chainId, network.chainId)
  expectEqual('contract', bundle.domain.verifyingContract, network.contracts.epochs)
  await verifyStatement(statementDomain(network.chainId, network.contracts.epochs), 'Receipt', statement, signature, statement.node)
  await checkCompletion(statementDomain(network.chainId, network.contracts.epochs), bundle)
  const stake = await chain.stake(statement.node)
  if (stake === 0n) falseClaim(`node ${statement.node} has no stake`)
  const channel = await chain.channel(statement.channelId)
  if (!channel) return falseClaim(`the chain knows no channel ${statement.channelId}`)
  expectEqual('gateway of the channel', channel.gateway, statement.gateway)
  return `signed by node ${statement.node}, which has ${stake} at stake`
}

function checkSplit(bundle: ReceiptBundle, network: Network): string {
  const { statement } = bundle.receipt
  expectEqual('treasury', bundle.treasury, network.treasury)
  expectEqual('stakers', bundle.stakers, network.contracts.stakes)
  const terms = {
    fee: statement.fee,
    platformFee: bundle.platformFee,
    deployment: bundle.deployment.statement,
    node: statement.node,
    treasury: bundle.treasury,
    stakers: bundle.stakers,
    contributors: bundle.contributors,
  }
  const isOpen = bundle.attributionDeadline !== undefined
  // Whatever came after it, an open receipt promises what holds without.
  if (isOpen) expectEqual('share root of the receipt', statement.shareRoot, new OrderedTree(splitWithoutAttribution(terms).map(shareLeaf)).root)
  const shares = isOpen && !bundle.completion ? splitWithoutAttribution(terms) : splitFee(terms)
  const write = (list: typeof shares): string => list.map((s) => `${s.payee}:${s.amount}`).join().toLowerCase()
  expectEqual('shares', write([...bundle.shares]), write(shares))
  return checkShares(statement, bundle.shares, rootsInForce(bundle).shareRoot)
}

async function checkSettlement(bundle: ReceiptBundle, receiptId: string, chain: ChainView, file: Uint8Array | undefined): Promise<string | Skipped> {
  if (!file) return new Skipped('not settled yet, or the epoch file is not at hand')
  const epoch = readArtefact(epochFileSchema, file)
  const entry = epoch.receipts.find((r) => r.id === receiptId)
  if (!entry) return falseClaim(`epoch ${epoch.index} does not hold this receipt`)
  const lines = epoch.lines.filter((line) => line.receiptId === receiptId)
  const write = (list: readonly { payee: string; amount: bigint }[]): string => list.map((l) => `${l.payee}:${l.amount}`).join().toLowerCase()
  expectEqual('lines of this receipt', write(lines), write(bundle.shares))
  const anchored = await chain.epoch(epoch.gateway, epoch.index)
  if (!anchored || anchored.voided) return falseClaim(`the chain holds no epoch ${epoch.index} that stands`)
  return `${lines.length} lines in epoch ${epoch.index}`
}

/**
 * Audits one answer from its bundle: signatures, openings, lineage, the answer executed again, attribution, split and settlement.
 * @throws OpenLedgerError BAD_ARTEFACT for a bundle that cannot be read; retryable errors when chain or files are away
 */
export async function auditReceipt({ bundle: bytes, content, chain, network, source, epochFile, onCheck }: ReceiptAuditInput): Promise<AuditReport> {
  const bundle = readArtefact(receiptBundleSchema, bytes)
  const { statement } = bundle.receipt
  const receiptId = statementDigest(statementDomain(bundle.domain.chainId, bundle.domain.verifyingContract), 'Receipt', statement)
  const auditor = new Auditor('receipt', receiptId, onCheck)
  await auditor.check('receipt', () => checkStatement(bundle, chain, network))
  await auditor.check('openings', () => checkOpenings(bundle))
  await auditor.check('deployment and fee', () => checkDeployment(bundle, chain, network))
  await auditor.check('split', () => checkSplit(bundle, network))
  if (auditor.failed) return auditor.finish()

  const manifestBytes = bundle.run === null ? null : await content.get(bundle.run)
  const engine = await AuditEngine.open(source, { name: 'the base model', cid: manifestBytes ? baseOf(manifestBytes) : null })
  try {
    let run: AuditedRun | undefined
    await auditor.check('base', () => {
      expectEqual('base id', statement.baseId, engine.info.id)
      if (isBareBase(bundle) !== (bundle.run === null)) falseClaim('the receipt names an adapter exactly when it names a run')
      return 'the weight file at hand is the one that the receipt names'
    })
    if (manifestBytes && !auditor.failed) {
      run = await checkAdapter(auditor, { manifest: manifestBytes, content, chain, network, engine })
      await auditor.check('lineage', () => {
        const { statement: training } = run!.manifest.run
        expectEqual('adapter', statement.adapterId, training.adapterId)
        expectEqual('snapshots', statement.snapshotsHash, snapshotsHash(training.snapshotIds))
        return 'the receipt names this adapter and these snapshots'
      })
    }
    await auditor.check('prompt', () => checkPrompt(bundle, engine))
    await auditor.check('answer', () => checkAnswer(bundle, engine))
    await auditor.check('attribution', () => (run ? checkAttribution(bundle, run, content, engine, epochFile !== undefined) : checkNoAttribution(bundle)))
    await auditor.check('settlement', () => checkSettlement(bundle, receiptId, chain, epochFile))
    return auditor.finish()
  } finally {
    await engine.close()
  }
}

/** The content id of the base that a run manifest names. */
function baseOf(manifest: Uint8Array): string | null {
  return readArtefact(runManifestSchema, manifest).base.cid
}
