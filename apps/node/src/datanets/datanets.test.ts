import { randomBytes } from 'node:crypto'
import { contributionIds, packContribution, writeContributionBundle } from '@openledger/datanet'
import { OrderedTree, recordLeaf, toHex, type Hex } from '@openledger/protocol'
import { commitContribution, revokeRecord, type ContributionView, type DatanetView, type Page, type RecordView, type SnapshotView } from '@openledger/sdk'
import { createTestClient, http } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testAccount, testWriter } from '../test/deployTestLedger.ts'
import { contribute, makeDatanet, seal } from '../test/playLoop.ts'
import { startBaseNode, type BaseNode } from '../test/startBaseNode.ts'

let base: BaseNode
let datanetId: bigint
beforeAll(async () => {
  base = await startBaseNode()
  datanetId = await makeDatanet(base.network, base.api)
}, 180_000)
afterAll(() => base?.stop())

const good = (n: number) => ({ prompt: `which bird nests at number ${n}?`, completion: `at number ${n} nests a ${['heron', 'swift', 'stork', 'owl'][n % 4]} of great age` })
const settled = async <T>(read: () => Promise<T>, done: (value: T) => boolean): Promise<T> => {
  for (let i = 0; i < 100; i++) {
    const value = await read()
    if (done(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return read()
}
const record = (id: Hex): Promise<RecordView> => base.api.get(`/api/records/${id}`)

describe('records of a datanet', () => {
  let first: ContributionView
  let snapshot: Hex

  it('are judged one by one, and copies are named', async () => {
    const records = [good(1), good(2), { prompt: 'what repeats?', completion: 'what repeats?' }, { prompt: 'who has the key?', completion: `the password is sk-${'a1B2'.repeat(10)} keep it` }]
    first = await contribute(base.network, base.api, datanetId, 5, records)
    expect(first.verdicts.map((v) => v.status)).toEqual(['accepted', 'accepted', 'rejected', 'review'])
    expect(first.verdicts[2]!.reasons[0]).toContain('SAME_TEXT')
    const second = await contribute(base.network, base.api, datanetId, 6, [{ ...good(1), prompt: 'Which bird nests at number 1 ?' }, good(3)])
    expect(second.verdicts).toMatchObject([{ status: 'duplicate', duplicateOf: first.verdicts[0]!.recordId }, { status: 'accepted' }])
  }, 60_000)

  it('are reviewed by rules', async () => {
    const [, , rejected, held] = first.verdicts
    const decide = (recordId: Hex, status: string) => base.api.call('POST', `/api/records/${recordId}/review`, { contributionId: first.id, status, reason: 'looked at it', by: 'curator' })
    expect((await decide(held!.recordId, 'accepted')).status).toBe(200)
    expect((await decide(held!.recordId, 'accepted')).body).toMatchObject({ error: { code: 'BAD_TRANSITION' } })
    expect((await decide(`0x${'00'.repeat(32)}`, 'accepted')).status).toBe(404)
    expect((await decide(held!.recordId, 'rejected')).status).toBe(200)
    expect((await record(rejected!.recordId)).status).toBe('rejected')
    expect((await record(held!.recordId)).history.map((h) => h.to)).toEqual(['received', 'review', 'accepted', 'rejected'])
  })

  it('are sealed when revealed and accepted; copies weigh nothing', async () => {
    // The chain's clock may be ahead of the node's: what a record went through keeps its order.
    await createTestClient({ mode: 'anvil', transport: http(base.network.rpcUrl) }).increaseTime({ seconds: 600 })
    snapshot = await seal(base.network, base.api, datanetId)
    const view = await settled(() => base.api.get<SnapshotView>(`/api/snapshots/${snapshot}`), (s) => s.sealedAt !== null)
    expect(view).toMatchObject({ recordCount: 4, contributorCount: 2 })
    const lines = (await (await fetch(`${base.node.url}/api/snapshots/${snapshot}/export?format=jsonl`)).text()).trim().split('\n').map((line) => JSON.parse(line) as { weight: number })
    expect(lines.map((l) => l.weight)).toEqual([1, 1, 0, 1])
    for (const format of ['csv', 'croissant', 'card']) expect((await fetch(`${base.node.url}/api/snapshots/${snapshot}/export?format=${format}`)).status).toBe(200)
    expect((await record(first.verdicts[0]!.recordId)).status).toBe('sealed')
  }, 30_000)

  it('left uncommitted or unrevealed stay out', async () => {
    const account = testAccount(7)
    const domain = { chainId: base.network.chainId, verifyingContract: base.network.contracts.datanets }
    const bundle = await packContribution({ datanetId, contributor: account.address, records: [good(8)], licence: 'CC0-1.0', consent: 6, nonce: 1n }, account, domain, toHex(randomBytes(32)))
    await commitContribution(testWriter(base.network, 7), datanetId, contributionIds(bundle).commitment)
    await base.api.post(`/api/datanets/${datanetId}/contributions`, writeContributionBundle(bundle))
    const again = await base.api.post<{ snapshot: { recordCount: number } }>(`/api/datanets/${datanetId}/snapshots`, {})
    expect(again.snapshot.recordCount).toBe(4)
  }, 30_000)

  it('that are revoked leave the next version', async () => {
    const ids = first.verdicts.map((v) => v.recordId)
    await revokeRecord(testWriter(base.network, 5), first.id, ids[1]!, new OrderedTree(ids.map(recordLeaf)).prove(1))
    const revoked = await settled(() => record(ids[1]!), (r) => r.status === 'revoked')
    expect(revoked.history.map((h) => h.to)).toEqual(['received', 'accepted', 'sealed', 'revoked'])
    const next = await base.api.post<{ snapshot: { recordCount: number; parent: Hex } }>(`/api/datanets/${datanetId}/snapshots`, {})
    expect(next.snapshot).toMatchObject({ recordCount: 3, parent: snapshot })
    const view = await base.api.get<DatanetView>(`/api/datanets/${datanetId}`)
    expect(view.records).toMatchObject({ revoked: 1, duplicate: 1, rejected: 2 })
    expect(view.latestSnapshot).toBe(snapshot)
  }, 30_000)

  it('stand apart by a curator’s word, until it is withdrawn', async () => {
    const { recordId } = first.verdicts[0]!
    const decide = (contributionId: Hex, distinct: boolean, reason = 'another year, another law') => base.api.call('POST', `/api/records/${recordId}/appeal`, { contributionId, distinct, reason, by: 'curator' })
    expect((await decide(`0x${'11'.repeat(32)}`, true)).body).toMatchObject({ error: { code: 'UNKNOWN_RECORD' } })
    expect((await decide(first.id, false)).body).toMatchObject({ error: { code: 'NO_CHANGE' } })
    expect((await decide(first.id, true, ' ')).body).toMatchObject({ error: { code: 'REASON_MISSING' } })
    expect((await decide(first.id, true)).body).toMatchObject({ copyOf: null, copies: 0, appeal: { by: 'curator', reason: 'another year, another law' } })
    expect((await decide(first.id, true)).body).toMatchObject({ error: { code: 'NO_CHANGE' } })
    expect((await record(recordId)).history.at(-1)).toMatchObject({ by: 'curator', reason: 'no copy: another year, another law' })
    expect((await decide(first.id, false)).body).toMatchObject({ appeal: null })
    const rejected = first.verdicts[2]!.recordId
    expect((await base.api.call('POST', `/api/records/${rejected}/appeal`, { contributionId: first.id, distinct: true, reason: 'r', by: 'c' })).body).toMatchObject({ error: { code: 'REVIEW_FIRST' } })
    expect((await fetch(`${base.node.url}/api/records/${recordId}/appeal`, { method: 'POST', body: '{}' })).status).toBe(401)
  })

  it('are listed page by page', async () => {
    const all = (await base.api.get<Page<RecordView>>(`/api/datanets/${datanetId}/records?limit=200`)).items.map((r) => r.id)
    const paged: Hex[] = []
    let cursor: string | null = null
    do {
      const page: Page<RecordView> = await base.api.get(`/api/datanets/${datanetId}/records?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      paged.push(...page.items.map((r) => r.id))
      cursor = page.next
    } while (cursor)
    expect(paged).toEqual(all)
    expect(all).toHaveLength(7)
  })
})
