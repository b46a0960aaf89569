import type { ContentStore } from '@openledger/datanet'
import {
  checkCompletion,
  epochFileSchema,
  OpenLedgerError,
  readArtefact,
  receiptBundleSchema,
  rootsInForce,
  runManifestSchema,
  snapshotsHash,
  splitFee,
  splitWithoutAttribution,
  statementDigest,
  statementDomain,
  verifyStatement,
  type Network,
  type PromiseFile,
  type ReceiptBundle,
} from '@openledger/protocol'
import { zeroAddress, type Address } from 'viem'
import { checkAdapter } from '../adapter/checkAdapter.ts'
import type { ChainView } from '../chain/ChainView.ts'
import type { DisputeRequest } from '../dispute/buildDispute.ts'
import { collectDisputes, gatherMaterial } from '../dispute/collectDisputes.ts'
import { AuditEngine, type BaseSource } from '../engine/AuditEngine.ts'
import type { AuditedRun } from '../evidence/AuditedRun.ts'
import type { AuditReport, CheckOutcome } from '../report/AuditReport.ts'
import { Auditor, expectEqual, falseClaim, Skipped } from '../report/Auditor.ts'
import { AuditSession } from '../session/AuditSession.ts'
import { checkAnswer, checkPrompt } from './checkAnswer.ts'
import { readAttributionEvidence, type AttributionEvidence } from '../evidence/AttributionEvidence.ts'
import { checkAttribution, checkNoAttribution, isAttributed } from './checkAttribution.ts'
import { checkDeployment } from './checkDeployment.ts'
import { checkInclusion } from './checkInclusion.ts'
import { checkOpenings, isBareBase } from './checkOpenings.ts'
import { checkQuery } from './checkQuery.ts'
import { checkSale } from './checkSale.ts'
import { checkShares } from './checkShares.ts'
import { secondOpinion } from './secondOpinion.ts'

export type ReceiptAuditInput = {
  /** The receipt bundle, as the client keeps it. */
  bundle: Uint8Array
  content: ContentStore
  chain: ChainView
  network: Network
  source: BaseSource
  /** The file of the epoch that settled the receipt, when it is settled. */
  epochFile?: Uint8Array
  /** The gateway's promise to settle the receipt, when there is one. */
  promise?: PromiseFile
  /** What this audit has in common with others; default nothing. */
  session?: AuditSession
  /** Ask the model by forward passes too, what the answer would lose without each atom. */
  withSecondOpinion?: boolean
  /** Make accusations with their openings: those named, or for an empty list one for each fault that openings can show. */
  disputes?: readonly DisputeRequest[]
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
export async function auditReceipt({ session: shared, ...input }: ReceiptAuditInput): Promise<AuditReport> {
  const session = shared ?? new AuditSession()
  try {
    return await auditIn(session, input)
  } finally {
    if (shared === undefined) await session.close()
  }
}

async function auditIn(session: AuditSession, input: Omit<ReceiptAuditInput, 'session'>): Promise<AuditReport> {
  const { bundle: bytes, content, chain, network, source, epochFile, onCheck } = input
  const bundle = readArtefact(receiptBundleSchema, bytes)
  const { statement } = bundle.receipt
  const receiptId = statementDigest(statementDomain(bundle.domain.chainId, bundle.domain.verifyingContract), 'Receipt', statement)
  const auditor = new Auditor('receipt', receiptId, onCheck)
  await auditor.check('receipt', () => checkStatement(bundle, chain, network))
  await auditor.check('openings', () => checkOpenings(bundle))
  await auditor.check('deployment and fee', () => checkDeployment(bundle, chain, network))
  await auditor.check('right to sell', () => checkSale(statement, chain))
  await auditor.check('split', () => checkSplit(bundle, network))
  if (input.promise) await auditor.check('promise', () => checkInclusion({ promise: input.promise!, statement, receiptId, network, chain, isSettled: epochFile !== undefined }))
  if (auditor.failed && input.disputes === undefined) return auditor.finish()

  const manifest = bundle.run === null ? null : await content.get(bundle.run)
  const engine = await session.engine(statement.baseId, () => AuditEngine.open(source, { name: 'the base model', cid: manifest ? baseOf(manifest) : null }))
  await auditor.check('base', () => {
    expectEqual('base id', statement.baseId, engine.info.id)
    if (isBareBase(bundle) !== (bundle.run === null)) falseClaim('the receipt names an adapter exactly when it names a run')
    return 'the weight file at hand is the one that the receipt names'
  })
  let run: AuditedRun | undefined
  if (manifest && (!auditor.failed || input.disputes !== undefined)) {
    // A receipt that is false already is read on only for its disputes: its lineage is looked through without a word in the report.
    const lineage = auditor.failed ? new Auditor('adapter', statement.adapterId) : auditor
    run = await session.run(lineage, bundle.run!, () => checkAdapter(lineage, { manifest, content, chain, network, engine }))
    await auditor.check('lineage', () => {
      const { statement: training } = run!.manifest.run
      expectEqual('adapter', statement.adapterId, training.adapterId)
      expectEqual('snapshots', statement.snapshotsHash, snapshotsHash(training.snapshotIds))
      return 'the receipt names this adapter and these snapshots'
    })
  }
  await auditor.check('prompt', () => checkPrompt(bundle, engine))
  await auditor.check('answer', () => checkAnswer(bundle, engine))
  const payer = run && (await chain.channel(statement.channelId))?.payer
  let evidence: AttributionEvidence | undefined
  await auditor.check('attribution', async () => {
    if (!run) return checkNoAttribution(bundle)
    if (isAttributed(bundle)) evidence = await readAttributionEvidence(bundle, run, content, engine)
    return checkAttribution({ bundle, run, evidence, isSettled: epochFile !== undefined, payer })
  })
  if (evidence) await auditor.check('query vector', () => checkQuery(bundle, evidence!, engine))
  await auditor.check('settlement', () => checkSettlement(bundle, receiptId, chain, epochFile))
  const report = auditor.finish()
  return { ...report, ...(await further(input, { bundle, run, evidence, payer, engine })) }
}

type Found = { bundle: ReceiptBundle; run: AuditedRun | undefined; evidence: AttributionEvidence | undefined; payer: Address | undefined; engine: AuditEngine }

/** Files that are false or damaged leave nothing to make accusations from; what is away is reported. */
function onlyRetryable(error: unknown): undefined {
  if (error instanceof OpenLedgerError && error.action !== 'retry') return undefined
  throw error
}

/** What was asked for beside the checks: the model's own opinion, and accusations with their openings. */
async function further({ content, disputes, withSecondOpinion }: Omit<ReceiptAuditInput, 'session'>, { bundle, run, evidence, payer, engine }: Found): Promise<Pick<AuditReport, 'secondOpinion' | 'disputes'>> {
  const out: Pick<AuditReport, 'secondOpinion' | 'disputes'> = {}
  const at = evidence ?? (run?.corpus && isAttributed(bundle) && disputes ? await readAttributionEvidence(bundle, run, content, engine).catch(onlyRetryable) : undefined)
  if (withSecondOpinion && at) out.secondOpinion = await secondOpinion(engine.host, at.table, at.published, bundle.request.promptTokens, bundle.answer.tokens)
  if (disputes) out.disputes = run && at ? collectDisputes(await gatherMaterial(bundle, run, at, content, payer ?? zeroAddress), disputes) : []
  return out
}

/** The content id of the base that a run manifest names. */
function baseOf(manifest: Uint8Array): string | null {
  return readArtefact(runManifestSchema, manifest).base.cid
}
