import { readdir } from 'node:fs/promises'
import { contributionIds, readContributionBundle } from '@openledger/datanet'
import { parseOpen, UnavailableError, type Hex } from '@openledger/protocol'
import { readChannel, readContribution, type ContributionView } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestSession, type TestSession } from '../testing/openTestSession.ts'
import { allowBuilder } from './allowBuilder.ts'
import { contribute } from './contribute.ts'
import { contributeLabelled } from './contributeLabelled.ts'
import { createDatanet } from './createDatanet.ts'
import { openPayerChannel } from './openPayerChannel.ts'
import { readDrafts } from './readDrafts.ts'
import { VoucherBook } from './VoucherBook.ts'

let open: TestSession
/** What the node was given; `away` makes it refuse. */
const node = { away: false, bundles: [] as Uint8Array[], metadata: [] as unknown[] }

beforeAll(async () => {
  open = await openTestSession(
    {
      setMetadata: (_, metadata) => Promise.resolve({ cid: String(node.metadata.push(metadata)) }),
      contribute: async (_, bundle) => {
        if (node.away) throw new UnavailableError('NODE_AWAY', 'away', { action: 'retry' })
        node.bundles.push(bundle)
        const { chainId, contracts } = open.session.network
        const { contribution, contributionId, recordIds } = await readContributionBundle(bundle, { chainId, datanets: contracts.datanets })
        const verdicts = recordIds.map((recordId) => ({ recordId, status: 'accepted' as const, reasons: [], duplicateOf: null }))
        return { id: contributionId, datanetId: '1', contributor: contribution.contributor, count: recordIds.length, licence: contribution.licence, consent: 1, committedAt: null, revealedAt: null, verdicts } satisfies ContributionView
      },
    },
    ['operator', 'ada', 'payer'],
  )
}, 120_000)
afterAll(() => open?.stop())

const records = [{ prompt: 'What is a cactus?', completion: 'A plant.' }, { prompt: 'What is a fern?', completion: 'Another plant.' }]
const gift = { datanetId: 1n, contributor: 'ada', records, licence: 'CC-BY-4.0', consent: 1 as const }

describe('verbs on a chain, each repeated', () => {
  it('makes a datanet once, and another one for another description', async () => {
    const before = await open.sent('operator')
    const plants = { name: 'plants', description: 'House plants', owner: 'operator' }
    expect(await createDatanet(open.session, plants)).toEqual({ datanetId: 1n, isNew: true })
    expect(await createDatanet(open.session, plants)).toEqual({ datanetId: 1n, isNew: false })
    expect(await createDatanet(open.session, { ...plants, description: 'Others' })).toEqual({ datanetId: 2n, isNew: true })
    expect((await open.sent('operator')) - before).toBe(2)
    expect(node.metadata).toHaveLength(3)
  }, 60_000)

  it('allows a builder once, and takes the right back once', async () => {
    const change = (allowed: boolean) => allowBuilder(open.session, { datanetId: 1n, owner: 'operator', builder: 'ada', allowed })
    expect([(await change(false)).changed, (await change(true)).changed, (await change(true)).changed, (await change(false)).changed]).toEqual([false, true, false, true])
    await expect(allowBuilder(open.session, { datanetId: 1n, owner: 'ada', builder: 'ada' })).rejects.toMatchObject({ code: 'NOT_DATANET_OWNER' })
    await expect(allowBuilder(open.session, { datanetId: 1n, owner: 'nobody', builder: 'ada' })).rejects.toMatchObject({ code: 'NO_KEY' })
  }, 60_000)

  it('goes on with a contribution that was cut off after the commit, with the same salt and nonce', async () => {
    const before = await open.sent('ada')
    node.away = true
    await expect(contribute(open.session, gift)).rejects.toMatchObject({ code: 'NODE_AWAY' })
    expect((await open.sent('ada')) - before).toBe(1)
    node.away = false
    const stages: string[] = []
    const done = await contribute(open.session, { ...gift, onStage: (stage) => stages.push(stage) })
    expect(stages).toEqual(['signed', 'committed', 'sent', 'revealed'])
    expect((await open.sent('ada')) - before).toBe(2)
    expect(await readContribution(open.session.reader, done.contributionId)).toMatchObject({ count: 2, consent: 1 })
    const again = await contribute(open.session, gift)
    expect(again).toEqual(done)
    expect((await open.sent('ada')) - before).toBe(2)
    expect(await readdir(open.session.folder.contributions)).toHaveLength(1)
    expect(contributionIds(JSON.parse(new TextDecoder().decode(node.bundles[0])) as Parameters<typeof contributionIds>[0]).contributionId).toBe(done.contributionId)
  }, 60_000)

  it('makes another contribution of other records, another licence or another nonce', async () => {
    const ids = new Set<Hex>()
    for (const change of [{ records: records.slice(0, 1) }, { licence: 'CC0-1.0' }, { nonce: 7n }]) ids.add((await contribute(open.session, { ...gift, ...change })).contributionId)
    expect(ids.size).toBe(3)
    await expect(contribute(open.session, { ...gift, nonce: 7n, licence: 'MIT' })).rejects.toMatchObject({ code: 'NONCE_USED' })
  }, 60_000)

  it('gives a labelled file, making and funding a key for each label', async () => {
    const line = (contributor: string, n: number): string => JSON.stringify({ contributor, prompt: `What is ${n}?`, completion: `It is ${n}.` })
    const { records: labelled } = readDrafts(new TextEncoder().encode([line('Eve X', 1), line('bob', 2), line('bob', 3)].join('\n')), 'jsonl')
    await expect(contributeLabelled(open.session, { ...gift, records: labelled })).rejects.toMatchObject({ code: 'NO_KEY' })
    const given = await contributeLabelled(open.session, { ...gift, records: labelled, createKeys: true, take: 1 })
    expect(given.map((g) => [g.contributor, g.count])).toEqual([['eve-x', 1], ['bob', 1]])
    const operator = await open.sent('operator')
    await contributeLabelled(open.session, { ...gift, records: labelled, createKeys: true, take: 1 })
    expect([await open.sent('operator'), await open.sent('bob')]).toEqual([operator, 2])
  }, 60_000)

  it('opens a channel once, and fills it up by what is missing alone', async () => {
    const gateway = await open.session.keys.address('operator')
    const amount = parseOpen('2')
    const channel = (enough?: bigint) => openPayerChannel(open.session, { payer: 'payer', amount, enough, gateway })
    const first = await channel()
    expect(first).toMatchObject({ paidIn: amount, deposited: amount })
    expect(await channel()).toMatchObject({ channelId: first.channelId, paidIn: 0n })
    await new VoucherBook(open.session.folder.vouchers).keep({ channelId: first.channelId, cumulative: parseOpen('0.5'), signature: `0x${'00'.repeat(65)}` })
    expect(await channel(1n)).toMatchObject({ paidIn: 0n })
    expect(await channel()).toMatchObject({ channelId: first.channelId, paidIn: parseOpen('0.5') })
    expect(await readChannel(open.session.reader, first.channelId)).toMatchObject({ deposited: parseOpen('2.5') })
    expect(await open.sent('payer')).toBe(2)
  }, 60_000)
})
