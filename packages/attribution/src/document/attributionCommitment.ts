import {
  attributionHeaderRoot,
  contributorShareLeaf,
  fail,
  hashJson,
  OrderedTree,
  recordLeaf,
  scoreExponent,
  scoreLeaf,
  spanLeaf,
  type AttributionHeader,
  type Hex,
} from '@openledger/protocol'
import type { AttributionDocument } from './attributionSchema.ts'

/** What a contract can open of an attribution document. */
export type AttributionCommitment = { root: Hex; header: AttributionHeader; scores: OrderedTree; shares: OrderedTree; spans: OrderedTree }

/** The scores of a document in 2^−128 nats. @throws InputError BAD_SCORES when one is no whole number of them */
export function scoresOf({ scores: { exponent, values } }: Pick<AttributionDocument, 'scores'>): bigint[] {
  if (exponent < scoreExponent) fail('BAD_SCORES', `the scores have exponent ${exponent}; ${scoreExponent} is the smallest`, { field: 'scores' })
  return values.map((value) => BigInt(value) << BigInt(exponent - scoreExponent))
}

/** The tree over revoked record ids, sorted: two neighbours show that an id between them is not revoked. */
export const revokedTree = (revoked: Iterable<Hex>): OrderedTree => new OrderedTree([...revoked].sort().map(recordLeaf))

/** Commits to a document: a header that names its inputs and a tree over each list of claims. */
export function attributionCommitment(document: AttributionDocument): AttributionCommitment {
  const scores = new OrderedTree(scoresOf(document).map((score) => scoreLeaf({ score })))
  const shares = new OrderedTree(document.shares.map(contributorShareLeaf))
  const spans = new OrderedTree(document.spans.map(spanLeaf))
  const { commitments } = document
  const header: AttributionHeader = {
    documentHash: hashJson(document),
    methodHash: document.method.hash,
    baseId: document.baseId,
    adapterId: document.adapterId,
    tableRoot: commitments.table,
    indexRoot: commitments.index,
    queryRoot: commitments.query,
    revokedRoot: document.revokedHash,
    answerKey: document.answerKey,
    answerTokens: document.answerTokens,
    lossBase: document.losses.base,
    lossTuned: document.losses.tuned,
    tokensRoot: document.tokensRoot,
    sumsRoot: document.sumsRoot,
    scoresRoot: scores.root,
    sharesRoot: shares.root,
    spansRoot: spans.root,
    spanCount: document.spans.length,
  }
  return { root: attributionHeaderRoot(header), header, scores, shares, spans }
}

/** The attribution root that a node signs: it binds every value of the document, and a contract can open each claim in it. */
export function attributionRoot(document: AttributionDocument): Hex {
  return attributionCommitment(document).root
}
