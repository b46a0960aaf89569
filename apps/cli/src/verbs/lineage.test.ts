import { hashJson, type Hex } from '@openledger/protocol'
import type { RecordView } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../program.ts'
import { capture } from '../testing/capture.ts'
import { openTestSession, type TestSession } from '../testing/openTestSession.ts'
import { registerTestAdapter } from '../testing/registerTestAdapter.ts'
import { sealGifts } from '../testing/sealGifts.ts'
import { lineage } from './lineage.ts'
import { revoke } from './revoke.ts'

const id = (text: string): Hex => hashJson(text)
let adapterId: Hex
let open: TestSession
let root: Hex

beforeAll(async () => {
  let views: RecordView[] = []
  open = await openTestSession({ receipts: async () => ({ items: [], next: null }), records: () => Promise.resolve({ items: views, next: null }) }, ['ada'])
  const gifts = await sealGifts(open.session, 'ada', [{ contributor: 'ada', records: [{ prompt: 'What grows here?', completion: 'Ferns.' }] }])
  views = gifts.views
  root = gifts.sealed.tree.root
  adapterId = await registerTestAdapter(open.session, 'ada', gifts.snapshotId)
  await revoke(open.session, { datanetId: gifts.datanetId, recordId: views[0]!.id, contributor: 'ada' })
}, 120_000)
afterAll(() => open?.stop())

describe('lineage', () => {
  it('walks from an adapter to the record roots, with what was revoked', async () => {
    const found = await lineage(open.session, adapterId.toUpperCase().replace('0X', '0x'))
    expect(found).toMatchObject({ adapterId, licence: 'Apache-2.0', isPaidUseAllowed: true, receiptId: null, revocations: { revokedRecords: 1 } })
    expect(found.revocations.freezeAt).toBeGreaterThan(0)
    expect(found.sources).toMatchObject([{ recordsRoot: root, consent: 6, revokedRecords: 1 }])
  }, 30_000)

  it('is shown for people and for programs', async () => {
    const [people, programs] = [capture(), capture()]
    const words = ['lineage', adapterId, '--data', open.session.folder.root]
    expect(await runProgram(words, people)).toBe(0)
    expect(people.out()).toContain(root)
    expect(people.out()).toMatch(/revoked records +1; the adapter is frozen from \d{4}-/)
    expect(await runProgram([...words, '--json'], programs)).toBe(0)
    expect(JSON.parse(programs.out())).toMatchObject({ adapterId, licence: 'Apache-2.0', sources: [{ recordsRoot: root }] })
  }, 30_000)

  it('says so when nobody knows what was named', async () => {
    await expect(lineage(open.session, id('nothing'))).rejects.toMatchObject({ code: 'UNKNOWN_RECEIPT' })
  }, 30_000)
})
