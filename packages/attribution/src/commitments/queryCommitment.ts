import { OrderedTree, queryRoot, type Hex, type QueryHeader } from '@openledger/protocol'
import type { QueryVector } from '../influence/QueryVector.ts'
import { vectorLeaves } from './tableCommitment.ts'

/** What a contract can open of a query vector. */
export type QueryCommitment = { root: Hex; header: QueryHeader; chunks: OrderedTree }

const known = new WeakMap<QueryVector, QueryCommitment>()

/** Commits to a query vector; kept for the same object. */
export function queryCommitment(query: QueryVector): QueryCommitment {
  const before = known.get(query)
  if (before) return before
  const chunks = new OrderedTree(vectorLeaves(query))
  const header: QueryHeader = { fileHash: query.hash, parameterCount: query.values.length, chunksRoot: chunks.root }
  const commitment = { root: queryRoot(header), header, chunks }
  known.set(query, commitment)
  return commitment
}
