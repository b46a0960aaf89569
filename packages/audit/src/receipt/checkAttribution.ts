import {
  answerEvidence,
  attributionRoot,
  buildSpanIndex,
  readAttribution,
  readInfluenceTable,
  readQueryVector,
  revokedHash,
  SpanFinder,
  verifyAttribution,
} from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import { digestOfCid, rootsInForce, zeroHash, type ContributorShare, type ReceiptBundle } from '@openledger/protocol'
import type { AuditedRun } from '../adapter/checkAdapter.ts'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import { expectEqual, falseClaim, Skipped } from '../report/Auditor.ts'

/**
 * Recomputes whose data shaped the answer: losses, gradient and query vector by the engine (within the profile), then scores, shares and
 * spans in integers from the published table and the index rebuilt from the records.
 * @param isSettled whether the answer is in an epoch: then nothing is awaited any more
 */
export async function checkAttribution(bundle: ReceiptBundle, run: AuditedRun, content: ContentStore, engine: AuditEngine, isSettled: boolean): Promise<string | Skipped> {
  const { statement } = bundle.receipt
  if (bundle.answer.tokens.length === 0) return checkEmptyAnswer(bundle, run)
  if (bundle.attributionDeadline !== undefined && !bundle.completion) return checkOpen(bundle, run, isSettled)
  const document = readAttribution(bundle.attribution as object)
  expectEqual('attribution root', rootsInForce(bundle).attributionRoot, attributionRoot(document))
  if (bundle.completion) expectEqual('query vector of the attribution', bundle.completion.statement.queryHash, document.queryHash)
  expectEqual('influence table of the deployment', bundle.deployment.statement.tableHash, document.commitments.table)
  expectEqual('attribution method', bundle.deployment.statement.methodHash, document.method.hash)
  const table = readInfluenceTable(await content.get(run.manifest.influenceTable))
  if (bundle.queryVector === null) return falseClaim('the bundle names no query vector')
  expectEqual('query vector', document.queryHash, digestOfCid(bundle.queryVector))
  const published = readQueryVector(await content.get(bundle.queryVector))
  const measured = await answerEvidence(engine.host, table, bundle.request.promptTokens, bundle.answer.tokens)
  const sameProfile = engine.info.profileHash === statement.profileHash
  if (sameProfile) expectEqual('query vector measured again', document.queryHash, measured.query.hash)
  const revoked = new Set([...run.revoked].filter(([, time]) => time <= statement.time).map(([id]) => id))
  expectEqual('revoked records', document.revokedHash, revokedHash(revoked))
  const finder = new SpanFinder(buildSpanIndex(run.corpus!.spanRecords, run.corpus!.contributors), revoked)
  const { checked, difference } = verifyAttribution(document, {
    finder,
    table,
    query: sameProfile ? measured.query : published,
    answer: bundle.answer.tokens,
    wordStarts: measured.wordStarts,
    ...(sameProfile ? { losses: measured.losses } : {}),
    answerKey: statement.outputHash,
  })
  if (difference) falseClaim(`${difference.field}: claimed ${JSON.stringify(difference.claimed)}, recomputed ${JSON.stringify(difference.recomputed)}`)
  expectContributors(bundle, document.shares)
  const how = sameProfile ? 'recomputed from the answer' : 'recomputed from the published query vector'
  return `${checked} values ${how}, ${document.spans.length} spans`
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

/** Fails unless all is paid by training weight. */
function expectWeightsAlone(bundle: ReceiptBundle, run: AuditedRun): void {
  const { contributors, weights } = run.corpus!
  expectContributors(bundle, contributors.map((contributor, i) => ({ contributor, sharePpm: 0, trainingWeight: weights[i] ?? 0 })))
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
