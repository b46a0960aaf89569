import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  balanceLeaf,
  buildEpoch,
  channelId,
  contributionCommitment,
  deploymentId,
  keccak,
  OrderedTree,
  parseOpen,
  recordId,
  recordLeaf,
  shareLeaf,
  signStatement,
  snapshotId,
  snapshotLeaf,
  statementDigest,
  statementDomain,
  zeroHash,
  type Contribution,
  type Deployment,
  type Hex,
  type Snapshot,
  type TrainingRun,
  type StatementDomain,
} from '@openledger/protocol'
import { collectVoucher } from './channels/collectVoucher.ts'
import { collectVouchers } from './channels/collectVouchers.ts'
import { openChannel } from './channels/openChannel.ts'
import { readChannel } from './channels/readChannel.ts'
import { startChannelThaw } from './channels/startChannelThaw.ts'
import { topUpChannel } from './channels/topUpChannel.ts'
import { withdrawChannel } from './channels/withdrawChannel.ts'
import type { LedgerWriter } from './connection/LedgerWriter.ts'
import { commitContribution } from './datanets/commitContribution.ts'
import { createDatanet } from './datanets/createDatanet.ts'
import { readContribution } from './datanets/readContribution.ts'
import { readDatanet } from './datanets/readDatanet.ts'
import { readRevokedAt } from './datanets/readRevokedAt.ts'
import { readSnapshot } from './datanets/readSnapshot.ts'
import { revealContribution } from './datanets/revealContribution.ts'
import { markSnapshot } from './datanets/markSnapshot.ts'
import { narrowTerms } from './datanets/narrowTerms.ts'
import { readLicenceAllowed } from './datanets/readLicenceAllowed.ts'
import { revokeRecord } from './datanets/revokeRecord.ts'
import { sealSnapshot } from './datanets/sealSnapshot.ts'
import { setBuilder } from './datanets/setBuilder.ts'
import { claimBalance } from './epochs/claimBalance.ts'
import { postEpoch } from './epochs/postEpoch.ts'
import { readClaimed } from './epochs/readClaimed.ts'
import { readEpoch } from './epochs/readEpoch.ts'
import { readGatewayAccount } from './epochs/readGatewayAccount.ts'
import { getLedgerEvents } from './events/getLedgerEvents.ts'
import { deployModel } from './models/deployModel.ts'
import { readAdapter } from './models/readAdapter.ts'
import { readLineage } from './models/readLineage.ts'
import { isFrozen, readRevocations } from './models/readRevocations.ts'
import { readDeployment } from './models/readDeployment.ts'
import { registerAdapter } from './models/registerAdapter.ts'
import { registerBase } from './models/registerBase.ts'
import { setDeploymentActive } from './models/setDeploymentActive.ts'
import { bondStake } from './stakes/bondStake.ts'
import { claimStakeRewards } from './stakes/claimStakeRewards.ts'
import { distributeRewards } from './stakes/distributeRewards.ts'
import { readStake } from './stakes/readStake.ts'
import { eventually } from './testing/eventually.ts'
import { anvilPath } from './testing/startAnvil.ts'
import { openTestLedger, type TestLedger } from './testing/openTestLedger.ts'
import { readWopenBalance } from './wopen/readWopenBalance.ts'

const id = (text: string): Hex => keccak(new TextEncoder().encode(text))
const fresh = () => privateKeyToAccount(generatePrivateKey())
const salt = id(`salt ${Date.now()}`)

describe.skipIf(anvilPath() === null)('the loop on a chain', () => {
  let ledger: TestLedger
  let gateway: LedgerWriter
  let payer: LedgerWriter
  let contributor: LedgerWriter
  const [gatewayKey, payerKey, contributorKey] = [fresh(), fresh(), fresh()]
  let domain: (contract: 'datanets' | 'models' | 'channels' | 'epochs') => StatementDomain
  let datanetId: bigint
  let contributionId: Hex
  let sealed: Hex
  let deployed: Hex
  let channel: Hex
  const records = [recordId({ prompt: 'a', completion: 'b' }), recordId({ prompt: 'c', completion: 'd' }), recordId({ prompt: 'e', completion: 'f' })]
  const recordTree = new OrderedTree(records.map(recordLeaf))
  const adapterId = id('adapter')
  const baseId = id('base')

  beforeAll(async () => {
    ledger = await openTestLedger()
    ;[gateway, payer, contributor] = [await ledger.newcomer(gatewayKey), await ledger.newcomer(payerKey), await ledger.newcomer(contributorKey)]
    const { addresses } = ledger.operator
    domain = (contract) => statementDomain(addresses.chainId, addresses[contract])
  }, 60_000)
  afterAll(() => ledger?.stop())

  it('takes a contribution by commit and reveal', async () => {
    datanetId = await createDatanet(ledger.operator, { metadataHash: id('meta'), terms: { consent: 5, graceSeconds: 3600, termsHash: id('terms'), licences: ['Apache-2.0'] } })
    const contribution: Contribution = {
      datanetId,
      contributor: contributorKey.address,
      recordsRoot: recordTree.root,
      count: 3,
      licence: 'CC-BY-4.0',
      consent: 5,
      nonce: 1n,
    }
    const digest = statementDigest(domain('datanets'), 'Contribution', contribution)
    const signature = await signStatement(contributorKey, domain('datanets'), 'Contribution', contribution)
    await expect(revealContribution(contributor, contribution, salt, signature)).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
    await commitContribution(contributor, datanetId, contributionCommitment(digest, salt))
    contributionId = await revealContribution(contributor, contribution, salt, signature)
    expect(contributionId).toBe(digest)
    expect(await readContribution(contributor, digest)).toMatchObject({ contributor: contributorKey.address, count: 3, recordsRoot: recordTree.root, consent: 5 })
    await expect(revealContribution(contributor, contribution, salt, signature)).rejects.toMatchObject({ code: 'NONCE_USED' })
  }, 60_000)

  it('seals a snapshot by the owner only', async () => {
    const root = new OrderedTree(records.map((r) => snapshotLeaf({ recordId: r, contributor: contributorKey.address, weight: 1 }))).root
    const snapshot: Snapshot = { datanetId, parent: zeroHash, root, recordCount: 3, contributorCount: 1, contentHash: id('file') }
    const forged = await signStatement(contributorKey, domain('datanets'), 'Snapshot', snapshot)
    await expect(sealSnapshot(contributor, snapshot, forged)).rejects.toMatchObject({ code: 'BAD_STATEMENT_SIGNATURE', name: 'ProofError' })
    const signature = await signStatement(ledger.rich, domain('datanets'), 'Snapshot', snapshot)
    sealed = await sealSnapshot(contributor, snapshot, signature)
    expect(sealed).toBe(snapshotId(snapshot))
    expect(await readSnapshot(contributor, sealed)).toMatchObject({ ...snapshot, number: 1n })
    expect((await readDatanet(contributor, datanetId)).latestSnapshot).toBe(sealed)
    await expect(sealSnapshot(contributor, snapshot, signature)).rejects.toMatchObject({ code: 'WRONG_PARENT' })
  }, 60_000)

  it('registers an adapter only with consent, and shows its lineage', async () => {
    await registerBase(ledger.operator, baseId, id('weights'))
    const run: TrainingRun = {
      trainer: gatewayKey.address,
      baseId,
      snapshotIds: [sealed],
      recipeHash: id('recipe'),
      profileHash: id('profile'),
      seed: id('seed'),
      adapterId,
      metricsHash: id('metrics'),
      licence: 'Apache-2.0',
    }
    const signature = await signStatement(gatewayKey, domain('models'), 'TrainingRun', run)
    await expect(registerAdapter(gateway, run, id('folder'), signature)).rejects.toMatchObject({ code: 'TRAINING_NOT_ALLOWED' })
    await setBuilder(ledger.operator, datanetId, gatewayKey.address, true)
    const other = { ...run, licence: 'MIT' }
    await expect(registerAdapter(gateway, other, id('folder'), await signStatement(gatewayKey, domain('models'), 'TrainingRun', other))).rejects.toMatchObject({ code: 'LICENCE_NOT_ALLOWED' })
    expect(await readLicenceAllowed(gateway, datanetId, 'MIT')).toBe(false)
    const runId = await registerAdapter(gateway, run, id('folder'), signature)
    expect(runId).toBe(statementDigest(domain('models'), 'TrainingRun', run))
    expect(await readAdapter(gateway, adapterId)).toMatchObject({ run, runId, contentHash: id('folder') })
    expect(await readAdapter(gateway, id('other'))).toBeNull()
    const lineage = await readLineage(gateway, adapterId)
    expect(lineage).toMatchObject({ adapterId, baseId, baseContentHash: id('weights'), trainer: gatewayKey.address, runId, isPaidUseAllowed: true, revocations: { revokedRecords: 0, freezeAt: 0 } })
    expect(lineage!.sources).toMatchObject([{ snapshotId: sealed, recordsRoot: (await readSnapshot(gateway, sealed))!.root, recordCount: 3, datanetId, owner: ledger.rich.address, consent: 5, graceSeconds: 3600, termsHash: id('terms') }])
    expect(await readLineage(gateway, id('other'))).toBeNull()
  }, 60_000)

  it('deploys by the trainer only, for a fee', async () => {
    const deployment: Deployment = {
      owner: gatewayKey.address,
      adapterId,
      inputPrice: parseOpen('0.01'),
      outputPrice: parseOpen('0.02'),
      nodePpm: 400_000,
      ownerPpm: 200_000,
      stakersPpm: 50_000,
      contributorsPpm: 350_000,
      methodHash: id('method'),
      tableHash: id('table'),
      nonce: 1n,
    }
    const stolen = { ...deployment, owner: payerKey.address }
    await expect(deployModel(payer, stolen, await signStatement(payerKey, domain('models'), 'Deployment', stolen))).rejects.toMatchObject({ code: 'NOT_MODEL_OWNER' })
    const treasury = '0x00000000000000000000000000000000000000fe'
    const before = await readWopenBalance(gateway, treasury)
    deployed = await deployModel(gateway, deployment, await signStatement(gatewayKey, domain('models'), 'Deployment', deployment))
    expect(deployed).toBe(deploymentId(deployment))
    expect((await readWopenBalance(gateway, treasury)) - before).toBe(parseOpen('1'))
    expect(await readDeployment(gateway, deployed)).toMatchObject({ deployment, baseId, adapterId, active: true })
    await setDeploymentActive(gateway, deployed, false)
    expect((await readDeployment(gateway, deployed))?.active).toBe(false)
  }, 60_000)

  it('collects vouchers into the epoch account, bad ones aside', async () => {
    channel = await openChannel(payer, gatewayKey.address, salt, parseOpen('5'))
    expect(channel).toBe(channelId(ledger.operator.addresses.channels, payerKey.address, gatewayKey.address, salt))
    await topUpChannel(payer, channel, parseOpen('5'))
    const voucher = async (cumulative: bigint, key = payerKey, at = domain('channels')) => ({
      channelId: channel,
      cumulative,
      signature: await signStatement(key, at, 'Voucher', { channelId: channel, cumulative }),
    })
    await expect(collectVoucher(gateway, await voucher(parseOpen('11')))).rejects.toMatchObject({ code: 'VOUCHER_ABOVE_DEPOSIT', name: 'PaymentError' })
    await expect(collectVoucher(gateway, await voucher(1n, contributorKey))).rejects.toMatchObject({ code: 'BAD_VOUCHER_SIGNATURE' })
    const otherChain = { ...domain('channels'), chainId: 1 }
    await expect(collectVoucher(gateway, await voucher(1n, payerKey, otherChain))).rejects.toMatchObject({ code: 'BAD_VOUCHER_SIGNATURE' })
    await expect(collectVoucher(payer, await voucher(1n))).rejects.toMatchObject({ code: 'NOT_GATEWAY' })
    const collection = await collectVouchers(gateway, [
      await voucher(parseOpen('1')),
      await voucher(parseOpen('99')),
      await voucher(parseOpen('2'), contributorKey),
      { channelId: id('none'), cumulative: 1n, signature: '0x' },
      await voucher(parseOpen('3')),
      await voucher(parseOpen('2')),
    ])
    expect(collection.total).toBe(parseOpen('3'))
    expect(collection.rejected.map((r) => r.code)).toEqual(['VOUCHER_ABOVE_DEPOSIT', 'BAD_VOUCHER_SIGNATURE', 'UNKNOWN_CHANNEL', 'VOUCHER_NOT_ABOVE_COLLECTED'])
    expect(await readGatewayAccount(gateway, gatewayKey.address)).toMatchObject({ credited: parseOpen('3'), paid: 0n, next: 0n })
    expect(await readChannel(gateway, channel)).toMatchObject({ deposited: parseOpen('10'), collected: parseOpen('3'), closed: false })
  }, 60_000)

  it('posts an epoch and pays each payee once', async () => {
    const { stakes } = ledger.operator.addresses
    const shares = [
      { payee: contributorKey.address, amount: parseOpen('1') },
      { payee: gatewayKey.address, amount: parseOpen('1.5') },
      { payee: stakes, amount: parseOpen('0.5') },
    ]
    const built = buildEpoch([{ receiptId: id('receipt'), node: gatewayKey.address, nonce: 1n, shareRoot: new OrderedTree(shares.map(shareLeaf)).root, shares }], [])
    const { receiptsRoot, linesRoot, balancesRoot, total, lines } = built
    const epoch = { index: 0n, receiptsRoot, linesRoot, balancesRoot, total, lineCount: lines.length, receiptCount: 1, dataHash: id('epoch file') }
    await expect(postEpoch(gateway, epoch)).rejects.toMatchObject({ code: 'NOT_STAKED_GATEWAY' })
    await bondStake(gateway, 'gateway', parseOpen('20'))
    await expect(postEpoch(gateway, { ...epoch, total: total + 1n })).rejects.toMatchObject({ code: 'TOTAL_ABOVE_CREDIT' })
    const header = await postEpoch(gateway, epoch)
    await expect(postEpoch(gateway, epoch)).rejects.toMatchObject({ code: 'WRONG_INDEX' })
    expect(await readEpoch(gateway, gatewayKey.address, 0n)).toMatchObject({ header, final: false })

    const tree = new OrderedTree(built.balances.map(balanceLeaf))
    const claimOf = (payee: string, unwrap = false) => {
      const place = built.balances.findIndex((b) => b.payee === payee.toLowerCase())
      const { cumulative } = built.balances[place]!
      return { gateway: gatewayKey.address, epoch: 0n, payee: built.balances[place]!.payee, cumulative, proof: tree.prove(place), unwrap }
    }
    await expect(claimBalance(payer, claimOf(contributorKey.address))).rejects.toMatchObject({ code: 'NOT_FINAL', action: 'retry' })
    expect(await eventually('NOT_FINAL', () => claimBalance(payer, claimOf(contributorKey.address)))).toBe(parseOpen('1'))
    const more = { ...claimOf(contributorKey.address), cumulative: parseOpen('2') }
    await expect(claimBalance(payer, more)).rejects.toMatchObject({ code: 'BAD_BALANCE_PROOF' })
    expect(await readWopenBalance(payer, contributorKey.address)).toBe(parseOpen('1'))
    await expect(claimBalance(payer, claimOf(contributorKey.address))).rejects.toMatchObject({ code: 'NOTHING_TO_CLAIM' })
    await expect(claimBalance(payer, claimOf(gatewayKey.address, true))).rejects.toMatchObject({ code: 'NOT_PAYEE' })
    const native = () => ledger.publicClient.getBalance({ address: gatewayKey.address })
    const before = await native()
    await claimBalance(gateway, claimOf(gatewayKey.address, true))
    expect((await native()) - before).toBeGreaterThan(parseOpen('1.49'))

    expect(await claimBalance(payer, claimOf(stakes))).toBe(parseOpen('0.5'))
    await distributeRewards(payer)
    expect((await readStake(payer, gatewayKey.address, 'gateway')).rewards).toBe(parseOpen('0.5'))
    expect(await claimStakeRewards(payer, gatewayKey.address, 'gateway')).toBe(parseOpen('0.5'))
    expect(await readClaimed(payer, gatewayKey.address, stakes)).toBe(parseOpen('0.5'))
    expect(await readGatewayAccount(payer, gatewayKey.address)).toMatchObject({ paid: parseOpen('3'), committed: parseOpen('3'), next: 1n })
    expect((await readEpoch(payer, gatewayKey.address, 0n))?.final).toBe(true)
  }, 60_000)

  it('lets the payer leave after the thaw', async () => {
    await expect(withdrawChannel(payer, channel)).rejects.toMatchObject({ code: 'NOT_THAWING' })
    await startChannelThaw(payer, channel)
    await expect(withdrawChannel(payer, channel)).rejects.toMatchObject({ code: 'THAW_NOT_OVER' })
    await expect(topUpChannel(payer, channel, 1n)).rejects.toMatchObject({ code: 'CHANNEL_IS_THAWING' })
    expect(await eventually('THAW_NOT_OVER', () => withdrawChannel(payer, channel))).toBe(parseOpen('7'))
    expect(await readChannel(payer, channel)).toMatchObject({ closed: true, deposited: parseOpen('3') })
  }, 60_000)

  it('lets the contributor alone revoke a record', async () => {
    const proof = recordTree.prove(1)
    await expect(revokeRecord(payer, contributionId, records[1]!, proof)).rejects.toMatchObject({ code: 'NOT_CONTRIBUTOR' })
    await expect(revokeRecord(contributor, contributionId, records[0]!, proof)).rejects.toMatchObject({ code: 'BAD_RECORD_PROOF' })
    expect(await readRevokedAt(payer, datanetId, records[1]!, contributorKey.address)).toBeNull()
    await revokeRecord(contributor, contributionId, records[1]!, proof)
    expect(await readRevokedAt(payer, datanetId, records[1]!, contributorKey.address)).toBeGreaterThan(0n)
  }, 60_000)

  it('lets anyone mark the adapters of a revoked record, and no others', async () => {
    const leafOf = (i: number) => ({ recordId: records[i]!, contributor: contributorKey.address, weight: 1 })
    const tree = new OrderedTree([0, 1, 2].map((i) => snapshotLeaf(leafOf(i))))
    await expect(markSnapshot(payer, sealed, leafOf(0), tree.prove(0))).rejects.toMatchObject({ code: 'NOT_REVOKED' })
    await expect(markSnapshot(payer, sealed, leafOf(1), tree.prove(0))).rejects.toMatchObject({ code: 'BAD_RECORD_PROOF' })
    expect(await readRevocations(payer, adapterId)).toEqual({ revokedRecords: 0, freezeAt: 0 })
    const before = Number((await ledger.publicClient.getBlock()).timestamp)
    const marked = await markSnapshot(payer, sealed, leafOf(1), tree.prove(1))
    expect(marked.revokedRecords).toBe(1)
    expect(marked.freezeAt).toBeGreaterThanOrEqual(before + 3600)
    expect(await readRevocations(payer, adapterId)).toEqual(marked)
    expect((await readLineage(payer, adapterId))!.sources[0]).toMatchObject(marked)
    expect([marked.freezeAt - 1, marked.freezeAt].map((time) => isFrozen(marked, time))).toEqual([false, true])
    expect(isFrozen({ freezeAt: 0 }, marked.freezeAt)).toBe(false)
    await expect(markSnapshot(payer, sealed, leafOf(1), tree.prove(1))).rejects.toMatchObject({ code: 'ALREADY_MARKED' })
  }, 60_000)

  it('narrows terms and never widens them', async () => {
    await expect(narrowTerms(payer, datanetId, 1)).rejects.toMatchObject({ code: 'NOT_DATANET_OWNER' })
    await expect(narrowTerms(ledger.operator, datanetId, 6)).rejects.toMatchObject({ code: 'TERMS_NOT_NARROWER' })
    await narrowTerms(ledger.operator, datanetId, 1, ['Apache-2.0'])
    expect(await readDatanet(payer, datanetId)).toMatchObject({ consent: 1, graceSeconds: 3600 })
    expect(await readLicenceAllowed(payer, datanetId, 'Apache-2.0')).toBe(false)
  }, 60_000)

  it('tells the indexer everything in order', async () => {
    const { addresses } = ledger.operator
    const events = await getLedgerEvents(ledger.publicClient, addresses, BigInt(addresses.deployBlock), await ledger.publicClient.getBlockNumber({ cacheTime: 0 }))
    const own = events.map((e) => `${e.contract}.${e.eventName}`)
    for (const name of ['datanets.SnapshotSealed', 'models.AdapterRegistered', 'models.Deployed', 'channels.Collected', 'epochs.EpochPosted', 'epochs.Claimed', 'stakes.Distributed']) {
      expect(own).toContain(name)
    }
    const places = events.map((e) => Number(e.blockNumber) * 1000 + e.logIndex)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    const opened = events.find((e) => e.contract === 'channels' && e.eventName === 'ChannelOpened')
    expect(opened?.args).toMatchObject({ channelId: channel, payer: payerKey.address })
  }, 60_000)
})
