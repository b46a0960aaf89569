import type { Hex } from '@openledger/protocol'
import { readRevocations, type RecordView } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../program.ts'
import { capture } from '../testing/capture.ts'
import { openTestSession, type TestSession } from '../testing/openTestSession.ts'
import { registerTestAdapter } from '../testing/registerTestAdapter.ts'
import { sealGifts, type SealedGifts } from '../testing/sealGifts.ts'
import { markRevoked } from './markRevoked.ts'
import { revoke } from './revoke.ts'

const shared = { prompt: 'What drinks rain?', completion: 'Moss does.' }
let open: TestSession
let adapterId: Hex
let gifts: SealedGifts
let views: RecordView[] = []

beforeAll(async () => {
  open = await openTestSession({ records: () => Promise.resolve({ items: views, next: null }) }, ['operator', 'ada', 'ben'])
  const { session } = open
  gifts = await sealGifts(session, 'operator', [
    { contributor: 'ada', records: [{ prompt: 'What grows here?', completion: 'Ferns.' }, shared, { prompt: 'What sleeps?', completion: 'The seeds.' }] },
    { contributor: 'ben', records: [shared] },
  ])
  views = gifts.views
  adapterId = await registerTestAdapter(session, 'operator', gifts.snapshotId)
}, 120_000)
afterAll(() => open?.stop())

const record = (place: number): Hex => views[place]!.id

describe('revoke', () => {
  it('takes a record back, marks the snapshot and freezes its adapter, once', async () => {
    const ada = { datanetId: gifts.datanetId, recordId: record(0), contributor: 'ada' }
    const first = await revoke(open.session, ada)
    expect(first).toMatchObject({ isNew: true, snapshots: [{ snapshotId: gifts.snapshotId, marks: 1, revokedRecords: 1 }] })
    expect(first.snapshots[0]!.freezeAt).toBeGreaterThan(0)
    expect(await readRevocations(open.session.reader, adapterId)).toMatchObject({ revokedRecords: 1, freezeAt: first.snapshots[0]!.freezeAt })
    const sent = await open.sent('ada')
    expect(await revoke(open.session, ada)).toMatchObject({ isNew: false, snapshots: [{ marks: 0, revokedRecords: 1 }] })
    expect(await open.sent('ada')).toBe(sent)
  })

  it('takes back nothing of somebody else, also of the same record', async () => {
    await expect(revoke(open.session, { datanetId: gifts.datanetId, recordId: record(2), contributor: 'ben' })).rejects.toMatchObject({ code: 'UNKNOWN_RECORD', field: 'record' })
    // Ben's copy has no training weight: nothing is marked, and ada's record stays.
    expect(await revoke(open.session, { datanetId: gifts.datanetId, recordId: record(3), contributor: 'ben' })).toMatchObject({ isNew: true, snapshots: [] })
    expect(await readRevocations(open.session.reader, adapterId)).toMatchObject({ revokedRecords: 1 })
  })

  it('signs nothing for a node that lists other records than the chain knows', async () => {
    views = gifts.views.filter((_, place) => place !== 1)
    await expect(revoke(open.session, { datanetId: gifts.datanetId, recordId: gifts.views[2]!.id, contributor: 'ada' })).rejects.toMatchObject({ code: 'WRONG_ROOT' })
    views = gifts.views
  })
})

describe('mark', () => {
  it('refuses what nobody took back', async () => {
    const { writer } = await open.session.actor('operator')
    const { contributor } = views[1]!
    await expect(markRevoked(open.session, writer, gifts.datanetId, [{ recordId: record(1), contributor }])).rejects.toMatchObject({ code: 'NOT_REVOKED' })
    expect(await readRevocations(open.session.reader, adapterId)).toMatchObject({ revokedRecords: 1 })
  })
})

describe('openledger datanet revoke and mark', () => {
  it('say what they did, for people and for programs', async () => {
    const data = ['--data', open.session.folder.root]
    const [nobody, marks] = [capture(), capture()]
    expect(await runProgram(['datanet', 'revoke', '1', record(0), ...data], nobody)).toBe(2)
    expect(nobody.err()).toMatch(/--as/)
    expect(await runProgram(['datanet', 'mark', '1', ...data, '--json'], marks)).not.toBe(0)
    expect(marks.err()).toMatch(/node/)
  })
})
