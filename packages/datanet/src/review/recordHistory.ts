import { ProofError, type Hex } from '@openledger/protocol'
import { advanceRecord } from './advanceRecord.ts'
import type { RecordEvent, RecordStatus } from './recordEvent.ts'

/** One record's life in one contribution. */
export type RecordHistory = {
  recordId: Hex
  contributionId: Hex
  status: RecordStatus
  /** The snapshots that hold it, in order. */
  snapshotIds: Hex[]
  copyOf: Hex | null
  events: RecordEvent[]
}

/**
 * Puts together what happened to a record: one history for each contribution that gave it, the first received first.
 * @param events of any records, those of one record in order
 * @throws ProofError BAD_HISTORY when the events do not follow from each other
 */
export function recordHistory(events: readonly RecordEvent[], recordId: Hex): RecordHistory[] {
  const lives = new Map<Hex, RecordEvent[]>()
  for (const event of events) {
    if (event.recordId !== recordId) continue
    const life = lives.get(event.contributionId) ?? []
    const { from, recordId: _, contributionId, ...change } = event
    if (from !== (life.at(-1)?.to ?? null)) throw new ProofError('BAD_HISTORY', `record ${recordId}: an event leads from ${from}, but the record was ${life.at(-1)?.to ?? 'unknown'}`, { field: recordId })
    try {
      life.push(advanceRecord(life, { recordId, contributionId }, change))
    } catch (cause) {
      throw new ProofError('BAD_HISTORY', `record ${recordId}: event ${life.length} cannot have happened: ${(cause as Error).message}`, { cause, field: recordId })
    }
    lives.set(contributionId, life)
  }
  return [...lives].map(([contributionId, life]) => ({
    recordId,
    contributionId,
    status: life.at(-1)!.to,
    snapshotIds: life.flatMap((e) => (e.snapshotId ? [e.snapshotId] : [])),
    copyOf: life.findLast((e) => e.to !== 'sealed' && e.to !== 'revoked')?.copyOf ?? null,
    events: life,
  }))
}
