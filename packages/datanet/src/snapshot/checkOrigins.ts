import { ProofError, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import type { SnapshotRecord } from './snapshotRecord.ts'

/** A contribution as the chain and its bundle tell it. */
export type KnownContribution = { contributionId: Hex; contributor: Address; licence: string; recordIds: readonly Hex[] }

/**
 * Checks that each record of a snapshot is in the contribution that it names, by that contributor and under that licence, once, and that the
 * snapshot keeps the order of commitment: what a snapshot file cannot prove by itself.
 * @param contributions in the order in which they were committed on the chain; contributions of one moment in the order of their ids
 * @returns the number of records checked
 * @throws ProofError UNKNOWN_CONTRIBUTION, NOT_CONTRIBUTED, WRONG_CONTRIBUTOR, WRONG_LICENCE or WRONG_ORDER, naming the first false record
 */
export function checkOrigins(records: readonly SnapshotRecord[], contributions: readonly KnownContribution[]): number {
  const known = new Map(contributions.map((c, order) => [c.contributionId.toLowerCase(), { ...c, order, places: new Map(c.recordIds.map((id, i) => [id.toLowerCase(), i])) }]))
  let last = { order: -1, place: -1 }
  records.forEach((record, i) => {
    const wrong = (code: string, message: string): never => {
      throw new ProofError(code, `record ${i} (${record.recordId}): ${message}`, { field: `records.${i}`, fix: 'the snapshot is false unless the list of contributions is incomplete; fetch it again from the chain' })
    }
    const from = known.get(record.contributionId.toLowerCase()) ?? wrong('UNKNOWN_CONTRIBUTION', `no contribution ${record.contributionId} was committed`)
    const place = from.places.get(record.recordId.toLowerCase()) ?? wrong('NOT_CONTRIBUTED', `contribution ${from.contributionId} does not hold it`)
    if (from.contributor.toLowerCase() !== record.contributor.toLowerCase()) wrong('WRONG_CONTRIBUTOR', `it was given by ${from.contributor}, not by ${record.contributor}`)
    if (from.licence !== record.licence) wrong('WRONG_LICENCE', `it was given under ${from.licence}, not under ${record.licence}`)
    if (from.order < last.order || (from.order === last.order && place <= last.place)) wrong('WRONG_ORDER', 'it was committed before the record above it, or stands here twice')
    last = { order: from.order, place }
  })
  return records.length
}
