import { fail, type Hex } from '@openledger/protocol'
import type { RecordChange, RecordEvent, RecordStatus, ReviewRole } from './recordEvent.ts'

/** Which role may lead a record from one status to another; what is not here cannot happen. */
const transitions: { from: readonly (RecordStatus | null)[]; to: RecordStatus; roles: readonly ReviewRole[] }[] = [
  { from: [null], to: 'received', roles: ['contributor'] },
  { from: ['received'], to: 'accepted', roles: ['checks', 'curator', 'owner'] },
  { from: ['received'], to: 'review', roles: ['checks', 'curator', 'owner'] },
  { from: ['received'], to: 'rejected', roles: ['checks', 'curator', 'owner'] },
  { from: ['received', 'review', 'accepted'], to: 'duplicate', roles: ['checks', 'curator', 'owner'] },
  { from: ['review', 'rejected', 'duplicate'], to: 'accepted', roles: ['curator', 'owner'] },
  { from: ['review', 'accepted', 'duplicate', 'sealed'], to: 'rejected', roles: ['curator', 'owner'] },
  { from: ['accepted', 'rejected', 'duplicate'], to: 'review', roles: ['curator', 'owner'] },
  { from: ['accepted', 'duplicate', 'sealed'], to: 'sealed', roles: ['owner'] },
  { from: ['received', 'review', 'accepted', 'rejected', 'duplicate', 'sealed'], to: 'revoked', roles: ['contributor'] },
]

function checkDetails(change: RecordChange): void {
  if (change.reason.trim() === '') fail('REASON_MISSING', 'every decision about a record carries its reason', { field: 'reason', fix: 'say in a sentence why' })
  if (change.reason.length > 2000) fail('REASON_TOO_LONG', 'a reason has at most 2,000 characters', { field: 'reason' })
  if (change.by.trim() === '') fail('ACTOR_MISSING', 'every decision about a record names who made it', { field: 'by' })
  if (!Number.isSafeInteger(change.at) || change.at < 0) fail('BAD_TIME', 'a time is a whole number of Unix seconds', { field: 'at' })
  const hash = /^0x[0-9a-f]{64}$/i
  if ((change.to === 'duplicate') !== (change.copyOf !== undefined) || (change.copyOf && !hash.test(change.copyOf))) {
    fail('BAD_COPY', 'a duplicate, and only a duplicate, names the record that it repeats', { field: 'copyOf' })
  }
  if ((change.to === 'sealed') !== (change.snapshotId !== undefined) || (change.snapshotId && !hash.test(change.snapshotId))) {
    fail('BAD_SNAPSHOT', 'a sealed record, and only that, names its snapshot', { field: 'snapshotId' })
  }
}

/**
 * The next event in a record's life. Pure: nothing is stored, the history is not changed.
 * @param history all events of this record in this contribution so far, in order; empty before it is received
 * @throws InputError BAD_TRANSITION, NOT_ALLOWED, ALREADY_SEALED, TIME_REVERSED, OTHER_RECORD, REASON_MISSING, ACTOR_MISSING, BAD_TIME, BAD_COPY,
 * BAD_SNAPSHOT
 */
export function advanceRecord(history: readonly RecordEvent[], record: { recordId: Hex; contributionId: Hex }, change: RecordChange): RecordEvent {
  const last = history.at(-1)
  const from = last?.to ?? null
  checkDetails(change)
  if (history.some((e) => e.recordId !== record.recordId || e.contributionId !== record.contributionId)) fail('OTHER_RECORD', 'the history belongs to another record')
  const ways = transitions.filter((t) => t.to === change.to && t.from.includes(from))
  if (ways.length === 0) {
    const open = transitions.filter((t) => t.from.includes(from)).map((t) => t.to)
    fail('BAD_TRANSITION', `a record that is ${from ?? 'unknown'} cannot become ${change.to}`, { field: 'to', status: 409, fix: open.length > 0 ? `it can become ${open.join(', ')}` : 'nothing can be done with it any more' })
  }
  if (!ways.some((t) => t.roles.includes(change.role))) {
    const roles = [...new Set(ways.flatMap((t) => t.roles))]
    fail('NOT_ALLOWED', `only ${roles.join(' or ')} can make this record ${change.to}`, { field: 'role', status: 403 })
  }
  if (last && change.at < last.at) fail('TIME_REVERSED', `the record's last event is of ${last.at}, later than ${change.at}`, { field: 'at' })
  if (change.to === 'sealed' && history.some((e) => e.snapshotId === change.snapshotId)) fail('ALREADY_SEALED', `the record is in snapshot ${change.snapshotId} already`, { field: 'snapshotId', status: 409 })
  if (change.copyOf !== undefined && change.copyOf === record.recordId && from !== 'received') fail('BAD_COPY', 'only a record that was just received can repeat itself from another contribution', { field: 'copyOf' })
  return { ...change, ...record, from }
}

/** Whether a record in this status goes into the next snapshot. */
export function isSealable(status: RecordStatus): boolean {
  return transitions.some((t) => t.to === 'sealed' && t.from.includes(status))
}
