import type { AttributionDocument, InfluenceTable, QueryVector, RunningSums, SpanFinder, SpanShards } from '@openledger/attribution'
import type { Address } from 'viem'
import type { AnswerToken, Hex, ReceiptBundle, Snapshot, SnapshotLeaf } from '@openledger/protocol'

/** Everything that an accusation is made from: what the node signed, and the public files behind its roots. */
export type DisputeMaterial = {
  bundle: ReceiptBundle
  document: AttributionDocument
  table: InfluenceTable
  query: QueryVector
  /** The index as it was published, right or wrong. */
  index: SpanShards
  /** Over the index as it follows from the records, without the revoked ones. */
  finder: SpanFinder
  /** 1 where a word of the answer starts. */
  wordStarts: Uint8Array
  /** The receipt's snapshots in order, each with its records. */
  snapshots: readonly { statement: Snapshot; leaves: readonly SnapshotLeaf[] }[]
  /** Who the chain says owns the channel that paid. */
  payer: Address
  /** What stands under the document's roots where it is another than what follows from the files: as the node gave it when it was asked to open them. */
  claimed?: { sums?: RunningSums; tokens?: readonly AnswerToken[]; revoked?: ReadonlySet<Hex> }
}
