import { attributionRoot, payableShares, revokedHash, verifyAttribution } from '@openledger/attribution'
import { OrderedTree, rootsInForce, shareLeaf, splitWithoutAttribution, zeroHash, type ContributorShare, type ReceiptBundle } from '@openledger/protocol'
import { zeroAddress, type Address } from 'viem'
import type { AuditedRun } from '../evidence/AuditedRun.ts'
import { expectEqual, falseClaim, Skipped } from '../report/Auditor.ts'
import type { AttributionEvidence } from '../evidence/AttributionEvidence.ts'

export type AttributionAudit = {
  bundle: ReceiptBundle
  run: AuditedRun
  /** Read by `readAttributionEvidence`; absent where the bundle holds no attribution. */
  evidence: AttributionEvidence | undefined
  /** Whether the answer is in an epoch: then nothing is awaited any more. */
  isSettled: boolean
  /** Who the chain says owns the channel that paid. */
  payer: Address | undefined
}

/** Whether a bundle should hold an attribution: its answer has words, and nothing is awaited. */
export const isAttributed = ({ answer, attributionDeadline, completion }: ReceiptBundle): boolean => answer.tokens.length > 0 && (attributionDeadline === undefined || completion !== undefined)

/**
 * Recomputes whose data shaped the answer, in integers: scores and shares from the published table and query vector, spans from the index rebuilt
 * from the records; then what of the shares is paid. The query vector itself is the matter of `checkQuery`.
 */
export function checkAttribution({ bundle, run, evidence, isSettled, payer }: AttributionAudit): string | Skipped {
  const { statement } = bundle.receipt
  if (bundle.answer.tokens.length === 0) return checkEmptyAnswer(bundle, run)
  if (bundle.attributionDeadline !== undefined) expectDefault(bundle, run)
  if (evidence === undefined) return checkOpen(bundle, run, isSettled)
  const { document, table, published, finder, wordStarts } = evidence
  expectEqual('attribution root', rootsInForce(bundle).attributionRoot, attributionRoot(document))
  if (bundle.completion) expectEqual('query vector of the attribution', bundle.completion.statement.queryHash, document.queryHash)
  expectEqual('influence table of the deployment', bundle.deployment.statement.tableHash, document.commitments.table)
  expectEqual('attribution method', bundle.deployment.statement.methodHash, document.method.hash)
  expectEqual('revoked records', document.revokedHash, revokedHash(finder.revoked))
  const { checked, difference } = verifyAttribution(document, { finder, table, query: published, answer: bundle.answer.tokens, wordStarts, answerKey: statement.outputHash })
  if (difference) falseClaim(`${difference.field}: claimed ${JSON.stringify(difference.claimed)}, recomputed ${JSON.stringify(difference.recomputed)}`)
  const { owner } = bundle.deployment.statement
  expectContributors(bundle, payableShares(document.shares, { payer: payer ?? zeroAddress, owner, node: statement.node, gateway: statement.gateway }))
  return `${checked} values recomputed from the published files, ${document.spans.length} spans`
}

/** Fails unless the split took exactly these contributors, shares and weights. */
function expectContributors(bundle: ReceiptBundle, found: readonly ContributorShare[]): void {
  const write = (list: readonly ContributorShare[]): string => list.map((c) => `${c.contributor}:${c.sharePpm}:${c.trainingWeight}`).join()
  expectEqual('shares of the split', write(bundle.contributors), write(found))
}

/** Checks that the bare base claims no attribution. */
export function checkNoAttribution(bundle: ReceiptBundle): string {
  expectEqual('attribution root', bundle.receipt.statement.attributionRoot, zeroHash)
  if (bundle.attribution !== null || bundle.contributors.length > 0) falseClaim('the bare base pays no contributor')
  return 'the bare base has no contributors'
}

/** The contributors of a run by training weight alone. */
function weightsAlone({ corpus }: AuditedRun): ContributorShare[] {
  const { contributors, weights } = corpus!
  return contributors.map((contributor, i) => ({ contributor, sharePpm: 0, trainingWeight: weights[i] ?? 0 }))
}

/** Fails unless all is paid by training weight. */
function expectWeightsAlone(bundle: ReceiptBundle, run: AuditedRun): void {
  expectContributors(bundle, weightsAlone(run))
}

/** Whatever came after it, an open receipt promises the shares that hold without an attribution. */
function expectDefault({ receipt, deployment, platformFee, treasury, stakers }: ReceiptBundle, run: AuditedRun): void {
  const { fee, node, shareRoot } = receipt.statement
  const shares = splitWithoutAttribution({ fee, platformFee, deployment: deployment.statement, node, treasury, stakers, contributors: weightsAlone(run) })
  expectEqual('share root of the receipt', shareRoot, new OrderedTree(shares.map(shareLeaf)).root)
}

/** An answer without words: all is paid by training weight. */
function checkEmptyAnswer(bundle: ReceiptBundle, run: AuditedRun): string {
  expectEqual('attribution root', bundle.receipt.statement.attributionRoot, zeroHash)
  expectWeightsAlone(bundle, run)
  return 'no words to attribute'
}

/** An answer without its attribution: awaited until its deadline, and missed when it was settled without. */
function checkOpen(bundle: ReceiptBundle, run: AuditedRun, isSettled: boolean): string | Skipped {
  if (bundle.attribution !== null || bundle.queryVector !== null) falseClaim('the bundle claims an attribution that its node has not signed')
  expectWeightsAlone(bundle, run)
  const until = new Date(bundle.attributionDeadline! * 1000).toISOString()
  if (isSettled) return `the node did not attribute it until ${until}: its part went to the contributors, by training weight`
  return new Skipped(`pending: the node has until ${until}; fetch the receipt again`)
}
