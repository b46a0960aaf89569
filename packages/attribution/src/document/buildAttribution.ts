import type { Hex } from '@openledger/protocol'
import { answerTokens, answerTokensTree } from '../commitments/answerTokens.ts'
import { indexCommitment } from '../commitments/indexCommitment.ts'
import { queryCommitment } from '../commitments/queryCommitment.ts'
import { runningSums, sumsTree } from '../commitments/runningSums.ts'
import { tableCommitment } from '../commitments/tableCommitment.ts'
import type { InfluenceTable } from '../influence/InfluenceTable.ts'
import type { QueryVector } from '../influence/QueryVector.ts'
import { scoreAtoms } from '../influence/scoreAtoms.ts'
import { methodHash } from '../policy.ts'
import { heldOutOf } from '../shares/heldOut.ts'
import { influenceShares, type Losses } from '../shares/influenceShares.ts'
import type { SpanFinder } from '../spans/SpanFinder.ts'
import { revokedTree } from './attributionCommitment.ts'
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
  /** Per answer token, what it told the bare base in 1/1024 bit (`surprisal`); absent: spans are not discounted and nothing counts as known. */
  baseSurprisal?: readonly number[]
  /** The receipt's `outputHash`. */
  answerKey: Hex
}

/** The hash of a set of revoked record ids: the root of the ordered tree over them, sorted. */
export function revokedHash(revoked: ReadonlySet<Hex>): Hex {
  return revokedTree(revoked).root
}

/** What a table's details say of its method; nothing where they say nothing. */
function methodParameters({ details }: InfluenceTable): AttributionDocument['method']['parameters'] {
  const said = typeof details === 'object' && details !== null && 'method' in details ? details.method : undefined
  return (said ?? {}) as AttributionDocument['method']['parameters']
}

/** The claims of a document that name its inputs, without computing on them. */
export function attributionInputs(input: AttributionInput) {
  const { finder, table, query, answer, losses, baseSurprisal, answerKey } = input
  return {
    kind: 'openledger/attribution/1' as const,
    method: { name: table.method, hash: methodHash(table.method), parameters: methodParameters(table) },
    baseId: table.baseId,
    adapterId: table.adapterId,
    tableHash: table.hash,
    indexHash: finder.index.hash,
    queryHash: query.hash,
    commitments: { table: tableCommitment(table).root, index: indexCommitment(finder.index).root, query: queryCommitment(query).root },
    revokedHash: revokedHash(finder.revoked),
    answerKey,
    answerTokens: answer.length,
    losses,
    ...(baseSurprisal ? { baseSurprisal: [...baseSurprisal] } : {}),
  }
}

/**
 * Attributes one answer: scores and shares from the influence table, spans from the index. Pure integer computation; the same input
 * gives the same document everywhere.
 */
export function buildAttribution(input: AttributionInput): AttributionDocument {
  const { finder, table, query, answer, wordStarts, losses, baseSurprisal, answerKey } = input
  const scores = scoreAtoms(table, query)
  const spans = finder.find(answer, wordStarts, baseSurprisal)
  const witnesses = new Set(spans.map(({ source }) => source.contributor))
  return {
    ...attributionInputs(input),
    tokensRoot: answerTokensTree(answerTokens(finder, answer, wordStarts)).root,
    sumsRoot: sumsTree(runningSums(table, query)).root,
    scores: { exponent: scores.exponent, values: scores.values.map(String) },
    shares: influenceShares({ scores, atoms: table.atoms, losses, answerKey, heldOut: heldOutOf(table), baseSurprisal, witnesses }),
    spans,
  }
}
