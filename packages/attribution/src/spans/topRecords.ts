import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Span } from './Span.ts'
import type { SpanFinder } from './SpanFinder.ts'

/** A record that resembles a question and its answer. Evidence for a reader, labelled "similar records": nothing is paid by it. */
export type SimilarRecord = {
  recordId: Hex
  contributor: Address
  /** Sum of the weights of the answer's spans that name this record as source or copy, in 1/1024 bit. */
  spanWeight: number
  /** Token overlap by BM25 (k1 = 1.2, b = 0.75) with unigram weights in place of document frequencies; integer, in 1/1024 bit. */
  similarity: number
}

export type TopRecordsInput = {
  finder: SpanFinder
  /** The answer's spans. */
  spans: readonly Span[]
  /** Question and answer tokens, in any order. */
  tokens: ArrayLike<number>
  /** Only this contributor's records, usually the one with the largest share; absent: everybody's. Any case. */
  contributor?: Address
  /** Default 5. */
  limit?: number
}

/** The records nearest to an answer: by span weight, then by similarity, then the earliest in the index. Revoked ones are left out. */
export function topRecords({ finder, spans, tokens, contributor, limit = 5 }: TopRecordsInput): SimilarRecord[] {
  const { index, revoked } = finder
  const spanWeights = new Map<Hex, number>()
  for (const span of spans) {
    for (const { recordId } of [span.source, ...span.copies]) spanWeights.set(recordId, (spanWeights.get(recordId) ?? 0) + span.weight)
  }
  const wanted = new Set(Array.from(tokens, (token) => token + 1))
  const { shards, firstSymbols, firstRecords } = index
  const averageLength = Math.max(1, Math.floor(firstSymbols[shards.length] / firstRecords[shards.length]))
  const owner = contributor?.toLowerCase()
  const found: SimilarRecord[] = []
  for (const { recordIds, contributors, contributorOf, starts, text } of shards) {
    for (let k = 0; k < recordIds.length; k++) {
      const recordId = recordIds[k]
      const address = contributors[contributorOf[k]]
      if (revoked.has(recordId) || (owner !== undefined && owner !== address)) continue
      const similarity = overlap(text.subarray(starts[k], starts[k + 1]), wanted, averageLength, (symbol) => finder.tokenWeight(symbol - 1))
      const spanWeight = spanWeights.get(recordId) ?? 0
      if (similarity > 0 || spanWeight > 0) found.push({ recordId, contributor: address, spanWeight, similarity })
    }
  }
  return found.sort((a, b) => b.spanWeight - a.spanWeight || b.similarity - a.similarity).slice(0, limit)
}

/** Σ over shared tokens of weight · 2.2·tf / (tf + 0.3 + 0.9·length/average), each term floored. */
function overlap(record: Uint32Array, wanted: ReadonlySet<number>, averageLength: number, weightOf: (symbol: number) => number): number {
  const counts = new Map<number, number>()
  for (const symbol of record) if (wanted.has(symbol)) counts.set(symbol, Math.min(255, (counts.get(symbol) ?? 0) + 1))
  let sum = 0
  for (const [symbol, count] of counts) {
    const above = 22 * count * averageLength
    sum += Math.floor((weightOf(symbol) * above) / (10 * count * averageLength + 3 * averageLength + 9 * record.length))
  }
  return sum
}
