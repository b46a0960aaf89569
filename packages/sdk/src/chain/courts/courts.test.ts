import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  attributionHeaderRoot,
  deploymentId,
  keccak,
  parseOpen,
  pendingAttributionRoot,
  signStatement,
  statementDigest,
  statementDomain,
  zeroHash,
  type Attribution,
  type AttributionHeader,
  type Deployment,
  type DisputeBundle,
  type Hex,
  type Receipt,
} from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { bondStake } from '../stakes/bondStake.ts'
import { readStake } from '../stakes/readStake.ts'
import { eventually } from '../testing/eventually.ts'
import { openTestLedger, testParameters, type TestLedger } from '../testing/openTestLedger.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { sendCall } from '../connection/sendCall.ts'
import { settleConvictions } from '../stakes/settleSlashes.ts'
import { readWopenBalance } from '../wopen/readWopenBalance.ts'
import { accuseAttribution, askJudge } from './accuseAttribution.ts'
import { disputeCall } from './disputeCall.ts'
import { readConvicted, readSummons } from './readSummons.ts'
import { answerSummons, convictSilence, proveTwoAttributions, summonAttribution } from './summonAttribution.ts'

const id = (text: string): Hex => keccak(new TextEncoder().encode(text))
const account = privateKeyToAccount(generatePrivateKey())
const deployment: Deployment = {
  ...{ owner: account.address, adapterId: id('adapter'), inputPrice: 1n, outputPrice: 1n, nodePpm: 400_000, ownerPpm: 200_000, stakersPpm: 0, contributorsPpm: 400_000 },
  ...{ methodHash: id('method'), tableHash: id('table'), nonce: 1n },
}
const header: AttributionHeader = {
  ...{ documentHash: id('document'), methodHash: id('method'), baseId: id('base'), adapterId: id('adapter'), tableRoot: id('table'), indexRoot: id('index'), queryRoot: id('query') },
  ...{ revokedRoot: id('revoked'), answerKey: id('output'), answerTokens: 2, lossBase: 2, lossTuned: 1, tokensRoot: id('tokens'), sumsRoot: id('sums'), scoresRoot: id('scores') },
  ...{ sharesRoot: id('shares'), spansRoot: id('spans'), spanCount: 0 },
}
const receiptOf = (nonce: bigint, attributionRoot: Hex): Receipt => ({
  ...{ baseId: id('base'), adapterId: id('adapter'), snapshotsHash: zeroHash, deploymentId: deploymentId(deployment), node: account.address, gateway: account.address, channelId: id('channel') },
  ...{ requestHash: id('request'), outputHash: id('output'), samplingHash: id('sampling'), inputTokens: 1, outputTokens: 2, fee: 3n, profileHash: id('profile') },
  ...{ fingerprintRoot: id('fingerprint'), attributionRoot, shareRoot: id('share'), time: 1n, nonce },
})

describe.skipIf(anvilPath() === null)('the court of attributions', () => {
  let ledger: TestLedger
  let accuser: LedgerWriter
  let domain: ReturnType<typeof statementDomain>
  const signed = async (statement: Receipt) => ({ statement, signature: await signStatement(account, domain, 'Receipt', statement) })
  const attributed = async (statement: Attribution) => ({ statement, signature: await signStatement(account, domain, 'Attribution', statement) })
  const bonded = async () => (await readStake(accuser, account.address, 'node')).bonded

  beforeAll(async () => {
    ledger = await openTestLedger({ ...testParameters, disputeWindow: 2, stakeThaw: 4 })
    const { addresses } = ledger.operator
    domain = statementDomain(addresses.chainId, addresses.epochs)
    const node = await ledger.newcomer(account)
    accuser = await ledger.newcomer(privateKeyToAccount(generatePrivateKey()))
    await bondStake(node, 'node', parseOpen('100'))
  }, 60_000)
  afterAll(() => ledger?.stop())

  it('acquits an honest document and convicts one of other inputs, as the judge says before', async () => {
    const bundleOf = async (nonce: bigint, h: AttributionHeader): Promise<DisputeBundle> => ({
      ...{ kind: 'openledger/dispute/1' as const, receipt: await signed(receiptOf(nonce, attributionHeaderRoot(h))) },
      ...{ deployment: { statement: deployment, signature: '0x' as const }, header: h, claim: { name: 'inputs' as const } },
    })
    const honest = await bundleOf(1n, header)
    expect(await askJudge(accuser, honest)).toBe(false)
    expect(await accuseAttribution(accuser, honest)).toBe(false)
    expect(await bonded()).toBe(parseOpen('100'))
    const false_ = await bundleOf(2n, { ...header, tableRoot: id('another table') })
    expect(await askJudge(accuser, false_)).toBe(true)
    // A court other than the first is in force after the stake thaw.
    expect(await eventually('NOT_COURT', () => accuseAttribution(accuser, false_))).toBe(true)
    expect(await bonded()).toBe(parseOpen('75'))
    expect(await readConvicted(accuser, statementDigest(domain, 'Receipt', false_.receipt.statement))).toBe(true)
    expect(await settleConvictions(accuser, account.address)).toBe(0)
    await expect(accuseAttribution(accuser, false_)).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })
    await expect(accuseAttribution(accuser, { ...honest, header: false_.header })).rejects.toMatchObject({ code: 'WRONG_HEADER' })
    await expect(accuseAttribution(accuser, { ...honest, claim: { name: 'split', shares: [], treasury: account.address, stakers: account.address } })).rejects.toMatchObject({ code: 'PAYMENTS_MISSING' })
  }, 60_000)

  it('leaves a slash to be settled by anyone where its accuser has gone, once', async () => {
    const false_ = { ...header, tableRoot: id('a third table') }
    const bundle: DisputeBundle = { kind: 'openledger/dispute/1', receipt: await signed(receiptOf(20n, attributionHeaderRoot(false_))), deployment: { statement: deployment, signature: '0x' }, header: false_, claim: { name: 'inputs' } }
    const to = accuser.addresses.attributionCourt
    await eventually('NOT_COURT', () => sendCall(accuser, { name: 'accusation', to, data: disputeCall(bundle) }))
    const [anyone, { address }] = [ledger.operator, accuser.walletClient.account]
    const before = await readWopenBalance(accuser, address)
    expect(await settleConvictions(anyone, account.address)).toBe(1)
    expect(await readWopenBalance(accuser, address)).toBeGreaterThan(before)
    expect(await settleConvictions(anyone, account.address)).toBe(0)
  }, 60_000)

  it('slashes silence, and takes the deposit of who summons a node that can answer', async () => {
    const deadline = 1_700_000_000
    const [answered, silent] = [await signed(receiptOf(3n, pendingAttributionRoot(deadline))), await signed(receiptOf(4n, pendingAttributionRoot(deadline)))]
    const receiptId = statementDigest(domain, 'Receipt', answered.statement)
    const statement: Attribution = { receiptId, attributionRoot: id('root'), queryHash: id('query'), shareRoot: id('share'), time: BigInt(deadline) }
    const attribution = await attributed(statement)
    await expect(answerSummons(accuser, attribution)).rejects.toMatchObject({ code: 'NOT_SUMMONED' })
    await summonAttribution(accuser, answered, deadline)
    expect(await readSummons(accuser, receiptId)).toMatchObject({ node: account.address, deadline })
    await answerSummons(accuser, attribution)
    expect(await readSummons(accuser, receiptId)).toBeNull()

    const before = await bonded()
    await summonAttribution(accuser, silent, deadline)
    await eventually('TOO_EARLY', () => convictSilence(accuser, statementDigest(domain, 'Receipt', silent.statement)))
    expect(await bonded()).toBe(before - before / 20n)

    await expect(proveTwoAttributions(accuser, answered.statement, attribution, await attributed({ ...statement, time: 5n }))).rejects.toMatchObject({ code: 'ONE_ATTRIBUTION' })
    await proveTwoAttributions(accuser, answered.statement, attribution, await attributed({ ...statement, shareRoot: id('other shares') }))
    expect(await readConvicted(accuser, receiptId)).toBe(true)
  }, 60_000)
})
