import { buildContribution, contributionIds, MemoryStore, packContribution, sealSnapshot, writeContributionBundle } from '@openledger/datanet'
import { snapshotId, zeroHash, type ConsentTerms, type Hex, type Network, type RunManifest } from '@openledger/protocol'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ChainContribution, ChainSnapshot } from '../chain/ChainView.ts'
import { checkLineage, type Lineage, type LineageParts } from './checkLineage.ts'

const datanets = `0x${'d1'.repeat(20)}` as const
const network = { chainId: 7, contracts: { datanets } } as Network
const [ada, ben] = ['11', '22'].map((byte) => privateKeyToAccount(`0x${byte.repeat(32)}`))
const shared = { prompt: 'What drinks rain?', completion: 'Moss does.' }
const given = [
  { account: ada!, records: [shared, { prompt: 'What grows here?', completion: 'Ferns, between the stones of the old mill.' }], licence: 'CC-BY-4.0' },
  { account: ben!, records: [shared], licence: 'CC0-1.0' },
]

type World = LineageParts & { source: RunManifest['snapshots'][number]; recordIds: Hex[] }

/** Two contributors, of whom the second repeats a record of the first, and a snapshot of all that they gave. */
async function worldOf({ consents = [6, 6], licence }: { consents?: ConsentTerms[]; licence?: string } = {}): Promise<World> {
  const content = new MemoryStore()
  const contributions = new Map<Hex, ChainContribution>()
  const accepted = []
  const entries = []
  for (const [n, { account, records, licence: own }] of given.entries()) {
    const input = { datanetId: 3n, contributor: account.address, records, licence: own, consent: consents[n]!, nonce: BigInt(n) }
    const bundle = await packContribution(input, account, { chainId: 7, verifyingContract: datanets }, `0x${'5a'.repeat(32)}`)
    const { contributionId } = contributionIds(bundle)
    const { recordIds } = buildContribution(input)
    const { statement } = bundle.contribution
    contributions.set(contributionId, { contributor: statement.contributor, datanetId: 3n, recordsRoot: statement.recordsRoot, count: statement.count, consent: statement.consent, committedAt: BigInt(n), order: BigInt(n + 1) })
    entries.push({ contributionId, cid: await content.put(writeContributionBundle(bundle)) })
    for (const [index, record] of records.entries()) accepted.push({ ...record, recordId: recordIds[index]!, contributor: statement.contributor, contributionId, licence: n === 0 ? (licence ?? own) : own, committedAt: BigInt(n), index })
  }
  const sealed = sealSnapshot({ datanetId: 3n, parent: zeroHash, records: accepted })
  await content.put(sealed.file)
  const anchored: ChainSnapshot = { ...sealed.snapshot, sealedAt: 50n }
  const chain: LineageParts['chain'] = {
    snapshot: () => Promise.resolve(anchored),
    contribution: (id) => Promise.resolve(contributions.get(id) ?? null),
    revokedAt: () => Promise.resolve(null),
  }
  return { content, chain, network, needed: 6, registeredAt: 100n, source: { snapshotId: snapshotId(sealed.snapshot), cid: sealed.cid, contributions: entries }, recordIds: accepted.map(({ recordId }) => recordId) }
}

const check = ({ source, ...parts }: World): Promise<Lineage> => checkLineage(source, parts)
const revokedBy = (world: World, contributor: string, at: bigint): World => ({
  ...world,
  chain: { ...world.chain, revokedAt: (_, id, who) => Promise.resolve(id === world.recordIds[0] && who.toLowerCase() === contributor.toLowerCase() ? at : null) },
})

describe('checkLineage', () => {
  let honest: World
  beforeAll(async () => {
    honest = await worldOf()
  })

  it('holds for records whose contributors allowed it', async () => {
    const { records, revoked, orders } = await check(honest)
    expect(records.map(({ weight }) => weight)).toEqual([1, 1, 0])
    expect([revoked.size, orders.size]).toEqual([0, 2])
  })

  it.each<[string, ConsentTerms[], ConsentTerms, RegExp]>([
    ['to nobody', [6, 0], 6, /does not allow training by anyone, nor the sale of answers/],
    ['to builders whom the owner allows, where the trainer is none of them', [5, 6], 6, /does not allow training by anyone$/],
    ['without sale, where answers are sold', [6, 2], 6, /does not allow the sale of answers$/],
    ['to nobody, where an allowed builder trains', [4, 5], 1, /does not allow training by builders/],
  ])('finds a contribution that allows training %s, and names it', async (_, consents, needed, message) => {
    const world = await worldOf({ consents })
    const bad = world.source.contributions[consents.findIndex((consent) => (consent & needed) !== needed && consent !== 6)]!
    await expect(check({ ...world, needed })).rejects.toMatchObject({ code: 'FALSE_CLAIM', message: expect.stringMatching(message) as unknown })
    await expect(check({ ...world, needed })).rejects.toThrow(bad.contributionId)
  })

  it('holds where less is needed than was allowed', async () => {
    await expect(check({ ...(await worldOf({ consents: [1, 5] })), needed: 1 })).resolves.toBeTruthy()
  })

  it('finds a record that stands in the snapshot under another licence than it was given under', async () => {
    const world = await worldOf({ licence: 'CC0-1.0' })
    await expect(check(world)).rejects.toMatchObject({ code: 'WRONG_LICENCE', message: expect.stringContaining('given under CC-BY-4.0, not under CC0-1.0') as unknown })
  })

  it('finds a record that was revoked before the adapter was registered, and names it', async () => {
    await expect(check(revokedBy(honest, ada!.address, 99n))).rejects.toMatchObject({ code: 'FALSE_CLAIM', message: expect.stringContaining(honest.recordIds[0]!) as unknown })
  })

  it('holds for one that was revoked since, and for a copy that nothing was learnt from', async () => {
    expect((await check(revokedBy(honest, ada!.address, 100n))).revoked).toEqual(new Map([[honest.recordIds[0], 100n]]))
    expect((await check(revokedBy(honest, ben!.address, 10n))).revoked).toEqual(new Map([[honest.recordIds[0], 10n]]))
  })
})
