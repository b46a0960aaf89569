import fc from 'fast-check'
import type { Hex } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { advanceRecord, isSealable } from './advanceRecord.ts'
import type { RecordChange, RecordEvent, RecordStatus, ReviewRole } from './recordEvent.ts'
import { recordHistory } from './recordHistory.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const record = { recordId: hash(1), contributionId: hash(100) }
const change = (to: RecordStatus, role: ReviewRole, at: number, more: Partial<RecordChange> = {}): RecordChange => ({
  to,
  role,
  at,
  by: 'somebody',
  reason: 'because',
  ...(to === 'duplicate' ? { copyOf: hash(2) } : {}),
  ...(to === 'sealed' ? { snapshotId: hash(50 + at) } : {}),
  ...more,
})
const live = (...changes: RecordChange[]): RecordEvent[] => changes.reduce<RecordEvent[]>((life, c) => [...life, advanceRecord(life, record, c)], [])
const received = change('received', 'contributor', 1)
const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

describe('advanceRecord', () => {
  it.each([
    ['accepted and sealed twice', [received, change('accepted', 'checks', 2), change('sealed', 'owner', 3), change('sealed', 'owner', 4)]],
    ['reviewed, rejected, let in after all', [received, change('review', 'checks', 2), change('rejected', 'curator', 3), change('accepted', 'curator', 4)]],
    ['a duplicate that is sealed as a copy', [received, change('duplicate', 'checks', 2), change('sealed', 'owner', 3)]],
    ['sealed, then revoked', [received, change('accepted', 'owner', 2), change('sealed', 'owner', 3), change('revoked', 'contributor', 3)]],
    ['sealed, then left out of later versions', [received, change('accepted', 'checks', 2), change('sealed', 'owner', 3), change('rejected', 'curator', 4), change('review', 'curator', 5)]],
  ] as [string, RecordChange[]][])('lets a record be %s', (_, changes) => {
    const life = live(...changes)
    expect(life.map((e) => e.to)).toEqual(changes.map((c) => c.to))
    expect(life.map((e) => e.from)).toEqual([null, ...changes.slice(0, -1).map((c) => c.to)])
  })

  it.each([
    ['BAD_TRANSITION', [], change('accepted', 'checks', 1)],
    ['BAD_TRANSITION', [received], received],
    ['BAD_TRANSITION', [received], change('sealed', 'owner', 2)],
    ['BAD_TRANSITION', [received, change('review', 'checks', 2)], change('sealed', 'owner', 3)],
    ['BAD_TRANSITION', [received, change('rejected', 'checks', 2)], change('sealed', 'owner', 3)],
    ['BAD_TRANSITION', [received, change('revoked', 'contributor', 2)], change('accepted', 'owner', 3)],
    ['BAD_TRANSITION', [received, change('revoked', 'contributor', 2)], change('sealed', 'owner', 3)],
    ['NOT_ALLOWED', [received], change('accepted', 'contributor', 2)],
    ['NOT_ALLOWED', [received, change('review', 'checks', 2)], change('accepted', 'checks', 3)],
    ['NOT_ALLOWED', [received, change('accepted', 'checks', 2)], change('sealed', 'curator', 3)],
    ['NOT_ALLOWED', [received, change('accepted', 'checks', 2)], change('revoked', 'owner', 3)],
    ['TIME_REVERSED', [received], change('accepted', 'checks', 0)],
    ['REASON_MISSING', [received], change('accepted', 'checks', 2, { reason: ' ' })],
    ['REASON_TOO_LONG', [received], change('accepted', 'checks', 2, { reason: 'a'.repeat(2001) })],
    ['ACTOR_MISSING', [received], change('accepted', 'checks', 2, { by: '' })],
    ['BAD_TIME', [received], change('accepted', 'checks', 2.5)],
    ['BAD_COPY', [received], change('duplicate', 'checks', 2, { copyOf: undefined })],
    ['BAD_COPY', [received], change('accepted', 'checks', 2, { copyOf: hash(2) })],
    ['BAD_COPY', [received, change('accepted', 'checks', 2)], change('duplicate', 'curator', 3, { copyOf: record.recordId })],
    ['BAD_SNAPSHOT', [received, change('accepted', 'checks', 2)], change('sealed', 'owner', 3, { snapshotId: '0x12' })],
    ['ALREADY_SEALED', [received, change('accepted', 'checks', 2), change('sealed', 'owner', 3)], change('sealed', 'owner', 4, { snapshotId: hash(53) })],
  ] as [string, RecordChange[], RecordChange][])('refuses with %s', (code, before, next) => {
    const life = live(...before)
    expect(codeOf(() => advanceRecord(life, record, next))).toBe(code)
  })

  it('refuses the history of another record', () => {
    expect(codeOf(() => advanceRecord(live(received), { ...record, contributionId: hash(7) }, change('accepted', 'checks', 2)))).toBe('OTHER_RECORD')
  })

  it('never seals what was rejected or revoked, whatever is tried', () => {
    const statuses: RecordStatus[] = ['received', 'review', 'accepted', 'rejected', 'duplicate', 'sealed', 'revoked']
    const tries = fc.array(fc.record({ to: fc.constantFrom(...statuses), role: fc.constantFrom<ReviewRole>('checks', 'curator', 'owner', 'contributor') }), { maxLength: 30 })
    fc.assert(
      fc.property(tries, (list) => {
        let life: RecordEvent[] = []
        list.forEach(({ to, role }, at) => {
          try {
            life = [...life, advanceRecord(life, record, change(to, role, at))]
          } catch (error) {
            expect(error).toHaveProperty('fix')
          }
        })
        life.forEach((e, i) => {
          if (e.to === 'sealed') expect(isSealable(e.from!) && !['rejected', 'revoked', 'review', 'received'].includes(e.from!)).toBe(true)
          if (e.to === 'revoked') expect(i).toBe(life.length - 1)
        })
        if (life.length > 0) expect(recordHistory(life, record.recordId)[0]!.events).toEqual(life)
      }),
    )
  })
})

describe('recordHistory', () => {
  const life = live(received, change('duplicate', 'checks', 2), change('sealed', 'owner', 3), change('revoked', 'contributor', 9))

  it('tells each contribution of a record apart', () => {
    const second = { recordId: record.recordId, contributionId: hash(101) }
    const other = advanceRecord([], { recordId: hash(9), contributionId: hash(100) }, received)
    const events = [life[0]!, other, advanceRecord([], second, change('received', 'contributor', 5)), ...life.slice(1)]
    expect(recordHistory(events, record.recordId)).toEqual([
      { ...record, status: 'revoked', snapshotIds: [hash(53)], copyOf: hash(2), events: life },
      { ...second, status: 'received', snapshotIds: [], copyOf: null, events: [expect.objectContaining({ to: 'received', at: 5 })] },
    ])
    expect(recordHistory(events, hash(77))).toEqual([])
  })

  it('refuses events that do not follow from each other', () => {
    for (const broken of [life.slice(1), [life[0]!, life[2]!], life.with(1, { ...life[1]!, role: 'contributor' }), life.with(3, { ...life[3]!, at: 0 }), life.toReversed()]) {
      expect(codeOf(() => recordHistory(broken, record.recordId))).toBe('BAD_HISTORY')
    }
  })
})
