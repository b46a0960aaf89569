import { contributionCommitment, hashJson, OrderedTree, recordLeaf, recordId, signStatement, snapshotLeaf, statementDigest, statementDomain, zeroHash, type Contribution, type Hex, type Snapshot, type TrainingRun } from '@openledger/protocol'
import { commitContribution, createDatanet, markSnapshot, registerAdapter, registerBase, revealContribution, revokeRecord, sealSnapshot } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../program.ts'
import { capture } from '../testing/capture.ts'
import { openTestSession, type TestSession } from '../testing/openTestSession.ts'
import { lineage } from './lineage.ts'

const id = (text: string): Hex => hashJson(text)
const adapterId = id('adapter')
let open: TestSession
let root: Hex

beforeAll(async () => {
  open = await openTestSession({ receipts: async () => ({ items: [], next: null }) }, ['ada'])
  const { account, writer } = await open.session.actor('ada')
  const { chainId, contracts } = open.session.network
  const [datanets, models] = [statementDomain(chainId, contracts.datanets), statementDomain(chainId, contracts.models)]
  const contributor = account.address
  const datanetId = await createDatanet(writer, { metadataHash: zeroHash, openToBuilders: true, terms: { consent: 6, graceSeconds: 0, licences: ['Apache-2.0'] } })
  const record = recordId({ prompt: 'what grows here?', completion: 'ferns' })
  const records = new OrderedTree([recordLeaf(record)])
  const contribution: Contribution = { datanetId, contributor, recordsRoot: records.root, count: 1, licence: 'CC0-1.0', consent: 6, nonce: 1n }
  const contributionId = statementDigest(datanets, 'Contribution', contribution)
  await commitContribution(writer, datanetId, contributionCommitment(contributionId, zeroHash))
  await revealContribution(writer, contribution, zeroHash, await signStatement(account, datanets, 'Contribution', contribution))
  const leaf = { recordId: record, contributor, weight: 1 }
  const tree = new OrderedTree([snapshotLeaf(leaf)])
  root = tree.root
  const snapshot: Snapshot = { datanetId, parent: zeroHash, root, recordCount: 1, contributorCount: 1, contentHash: id('file') }
  const snapshotId = await sealSnapshot(writer, snapshot, await signStatement(account, datanets, 'Snapshot', snapshot))
  await registerBase(writer, id('base'), id('weights'))
  const run: TrainingRun = { trainer: contributor, baseId: id('base'), snapshotIds: [snapshotId], recipeHash: id('r'), profileHash: id('p'), seed: zeroHash, adapterId, metricsHash: id('m'), licence: 'Apache-2.0' }
  await registerAdapter(writer, run, id('folder'), await signStatement(account, models, 'TrainingRun', run))
  await revokeRecord(writer, contributionId, record, records.prove(0))
  await markSnapshot(writer, snapshotId, leaf, tree.prove(0))
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
