import { hashJson, type Hex } from '@openledger/protocol'
import type { InfluenceTable } from '../influence/InfluenceTable.ts'
import type { QueryVector } from '../influence/QueryVector.ts'
import { scoreAtoms } from '../influence/scoreAtoms.ts'
import { methodHash } from '../policy.ts'
import { heldOutOf } from '../shares/heldOut.ts'
import { influenceShares, type Losses } from '../shares/influenceShares.ts'
import type { SpanFinder } from '../spans/SpanFinder.ts'
import type { AttributionDocument } from './attributionSchema.ts'

export type AttributionInput = {
  /** Over the span index of the adapter's run; knows the revoked records. */
  finder: SpanFinder
  table: InfluenceTable
  query: QueryVector
  /** Token ids of the answer. */
  answer: ArrayLike<number>
  /** From `wordStarts` over the answer's token bytes. */
  wordStarts: Uint8Array
  /** Of the answer given its prompt: bare base and tuned model (`microNats` of the mean loss per answer token). */
  losses: Losses
  /** The receipt's `outputHash`. */
  answerKey: Hex
}

/** The hash of a set of revoked record ids: keccak of the canonical JSON of the sorted list. */
export function revokedHash(revoked: ReadonlySet<Hex>): Hex {
  return hashJson([...revoked].sort())
}

/** The claims of a document that name its inputs, without computing on them. */
export function attributionInputs(input: AttributionInput) {
  const { finder, table, query, answer, losses, answerKey } = input
  return {
    kind: 'openledger/attribution/1' as const,
    method: { name: table.method, hash: methodHash(table.method) },
    baseId: table.baseId,
    adapterId: table.adapterId,
    tableHash: table.hash,
    indexHash: finder.index.hash,
    queryHash: query.hash,
    revokedHash: revokedHash(finder.revoked),
    answerKey,
    answerTokens: answer.length,
    losses,
  }
}

/**
 * Attributes one answer: scores and shares from the influence table, spans from the index. Pure integer computation; the same input
 * gives the same document everywhere.
 */
export function buildAttribution(input: AttributionInput): AttributionDocument {
  const { finder, table, query, answer, wordStarts, losses, answerKey } = input
  const scores = scoreAtoms(table, query)
  const spans = finder.find(answer, wordStarts)
  const witnesses = new Set(spans.map(({ source }) => source.contributor))
  return {
    ...attributionInputs(input),
    scores: { exponent: scores.exponent, values: scores.values.map(String) },
    shares: influenceShares({ scores, atoms: table.atoms, losses, answerKey, heldOut: heldOutOf(table), witnesses }),
    spans,
  }
}

/** The receipt's `attributionRoot`: keccak of the canonical JSON of the document. */
export function attributionRoot(document: AttributionDocument): Hex {
  return hashJson(document)
}
