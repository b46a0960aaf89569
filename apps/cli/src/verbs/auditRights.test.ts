import { viemChainView } from '@openledger/audit'
import type { Hex } from '@openledger/protocol'
import { narrowTerms, setBuilder, setDatanetPolicy, type RecordView } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestSession, type TestSession } from '../testing/openTestSession.ts'
import { registerTestAdapter } from '../testing/registerTestAdapter.ts'
import { sealGifts, type SealedGifts } from '../testing/sealGifts.ts'
import { revoke } from './revoke.ts'

let open: TestSession
let gifts: SealedGifts
let adapterId: Hex
let views: RecordView[] = []

beforeAll(async () => {
  open = await openTestSession({ records: () => Promise.resolve({ items: views, next: null }) }, ['operator', 'ada', 'ben'])
  gifts = await sealGifts(open.session, 'operator', [{ contributor: 'ada', records: [{ prompt: 'What grows here?', completion: 'Ferns.' }] }])
  views = gifts.views
  const { writer } = await open.session.actor('operator')
  await setBuilder(writer, gifts.datanetId, await open.session.keys.address('operator'), true)
  await setBuilder(writer, gifts.datanetId, await open.session.keys.address('ben'), true)
  adapterId = await registerTestAdapter(open.session, 'operator', gifts.snapshotId)
}, 120_000)
afterAll(() => open?.stop())

describe('what the audit reads of rights', () => {
  it('are the terms of the time when the adapter was registered, whatever was changed since', async () => {
    const { session } = open
    const chain = viemChainView(session.network)
    const { writer } = await session.actor('operator')
    const [operator, ben, ada] = await Promise.all(['operator', 'ben', 'ada'].map((name) => session.keys.address(name)))
    const then = { consent: 6, licences: ['Apache-2.0'], isOpen: true, isListed: true }
    expect(await chain.rights(adapterId, gifts.datanetId, operator!)).toEqual(then)
    await narrowTerms(writer, gifts.datanetId, 1, ['Apache-2.0'])
    await setDatanetPolicy(writer, gifts.datanetId, { openToContributors: true, openToBuilders: false })
    await setBuilder(writer, gifts.datanetId, operator!, false)
    expect(await chain.rights(adapterId, gifts.datanetId, operator!)).toEqual(then)
    expect(await chain.rights(adapterId, gifts.datanetId, ben!)).toEqual(then)
    expect(await chain.rights(adapterId, gifts.datanetId, ada!)).toEqual({ ...then, isListed: false })
    expect(await chain.rights(`0x${'77'.repeat(32)}`, gifts.datanetId, ada!)).toBeNull()
    expect(await chain.rights(adapterId, 99n, ada!)).toBeNull()
  })

  it('are frozen from the chain’s own mark on', async () => {
    const chain = viemChainView(open.session.network)
    expect(await chain.freezeAt(adapterId)).toBeNull()
    const { snapshots } = await revoke(open.session, { datanetId: gifts.datanetId, recordId: views[0]!.id, contributor: 'ada' })
    expect(await chain.freezeAt(adapterId)).toBe(BigInt(snapshots[0]!.freezeAt))
    expect(snapshots[0]!.freezeAt).toBeGreaterThan(0)
  })
})
