import type { Hex } from '@openledger/protocol'
import { policy } from '../policy.ts'
import { bookRepetitions } from './distinctOwners.ts'
import { earliestLevels } from './EarliestRecords.ts'
import { ranksBefore } from './firstRanks.ts'
import { liveSuffixes, type LiveSuffixes } from './LiveSuffixes.ts'
import type { SpanIndex } from './SpanIndex.ts'

/** What a finder computes once from an index and a set of revoked records; only arrays, so that another thread can do it. */
export type SpanStructures = LiveSuffixes & {
  /** Per record: its place in the order of commitment. */
  priorities: Int32Array
  /** See `bookRepetitions`, by records. */
  recordRepetitions: Int32Array
  /** By contributors: `booked` as `bookRepetitions` counts those of one index, `before` as `ranksBefore` tells those of several apart. */
  contributors: { booked: Int32Array } | { before: Int32Array }
  /** See `earliestLevels`. */
  earliest: Int32Array[]
}

/**
 * Linear in the index; nothing is sorted but the records by commitment.
 * @param revoked ids of records, lower case
 * @param isOneOfMany whether the index is one of several shards, among which contributors are counted
 */
export function prepareSpans(index: SpanIndex, revoked: ReadonlySet<Hex>, isOneOfMany = false): SpanStructures {
  const { recordIds, commitOrders, contributorOf, contributors } = index
  const { owners, ...live } = liveSuffixes(index, Uint8Array.from(recordIds, (id) => (revoked.has(id) ? 1 : 0)))
  const priorities = new Int32Array(recordIds.length)
  const byCommit = Uint32Array.from(recordIds.keys()).sort((a, b) => commitOrders[a] - commitOrders[b] || a - b)
  byCommit.forEach((record, place) => (priorities[record] = place))
  const earliest = earliestLevels(owners.length, policy.maxCopies + 1, (rank) => priorities[owners[rank]])
  const recordRepetitions = bookRepetitions(live.common, owners, recordIds.length)
  for (let rank = 0; rank < owners.length; rank++) owners[rank] = contributorOf[owners[rank]]
  const byContributor = isOneOfMany ? { before: ranksBefore(owners, contributors.length) } : { booked: bookRepetitions(live.common, owners, contributors.length) }
  return { ...live, priorities, recordRepetitions, contributors: byContributor, earliest }
}
