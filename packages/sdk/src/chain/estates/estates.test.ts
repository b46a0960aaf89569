import { createTestClient, http, type Address } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OrderedTree, parseOpen, shareLeaf, signStatement, statementDigest, statementDomain, zeroHash, type AttributedReceipt, type Hex, type InclusionPromise, type Receipt, type Share } from '@openledger/protocol'
import { collectVouchers } from '../channels/collectVouchers.ts'
import { openChannel } from '../channels/openChannel.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { postEpoch } from '../epochs/postEpoch.ts'
import { bondStake } from '../stakes/bondStake.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { openTestLedger, testParameters, type TestLedger } from '../testing/openTestLedger.ts'
import { readWopenBalance } from '../wopen/readWopenBalance.ts'
import { fileEstateClaim, withdrawEstateClaim } from './claimEstate.ts'
import { readClaimedShares, readClaimRounds, readEstate, readEstateClaim } from './readEstate.ts'
import { openEstate, payEstateClaim, refundChannels } from './settleEstate.ts'
import { announceEstate, watchGateway } from './watchGateway.ts'

const newKey = () => privateKeyToAccount(generatePrivateKey())
const [gatewayKey, payerKey, nodeKey] = [newKey(), newKey(), newKey()]
const payee: Address = `0x${'77'.repeat(20)}`
const day = 86_400
const fee = parseOpen('0.5')

// Months are passed by setting the clock forward, which a chain of one's own does not allow.
describe.skipIf(anvilPath() === null || process.env.OPENLEDGER_TEST_RPC !== undefined)('the estate of a silent gateway', () => {
  let ledger: TestLedger
  let gateway: LedgerWriter
  let payer: LedgerWriter
  let channelId: Hex
  const shares: Share[] = [{ payee, amount: fee }]

  beforeAll(async () => {
    ledger = await openTestLedger(testParameters)
    gateway = await ledger.newcomer(gatewayKey)
    payer = await ledger.newcomer(payerKey)
    channelId = await collectedBy(gateway)
  }, 120_000)
  afterAll(() => ledger?.stop())

  async function travel(seconds: number): Promise<void> {
    const client = createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) })
    await client.increaseTime({ seconds })
    await client.mine({ blocks: 1 })
  }

  async function collectedBy(writer: LedgerWriter, by = gatewayKey.address): Promise<Hex> {
    const { chainId, channels } = payer.addresses
    const statement = { channelId: await openChannel(payer, by, zeroHash, parseOpen('2')), cumulative: parseOpen('2') }
    await collectVouchers(writer, [{ ...statement, signature: await signStatement(payerKey, statementDomain(chainId, channels), 'Voucher', statement) }])
    return statement.channelId
  }

  async function promised(by = gatewayKey, from = channelId): Promise<{ signed: AttributedReceipt; promise: { statement: InclusionPromise; signature: Hex } }> {
    const { chainId, epochs } = payer.addresses
    const domain = statementDomain(chainId, epochs)
    const statement: Receipt = {
      baseId: zeroHash, adapterId: zeroHash, snapshotsHash: zeroHash, deploymentId: zeroHash, node: nodeKey.address, gateway: by.address, channelId: from,
      requestHash: zeroHash, outputHash: zeroHash, samplingHash: zeroHash, inputTokens: 1, outputTokens: 1, fee, profileHash: zeroHash, fingerprintRoot: zeroHash,
      attributionRoot: zeroHash, shareRoot: new OrderedTree(shares.map(shareLeaf)).root, time: 1n, nonce: 1n,
    }
    const promise = { gateway: by.address, receiptId: statementDigest(domain, 'Receipt', statement), fee, includeBy: 1n }
    return {
      signed: { receipt: { statement, signature: await signStatement(nodeKey, domain, 'Receipt', statement) } },
      promise: { statement: promise, signature: await signStatement(by, domain, 'InclusionPromise', promise) },
    }
  }

  it('pays a promised receipt and gives the rest back, after its times and not before', async () => {
    const { signed, promise } = await promised()
    const [who, id] = [gatewayKey.address, promise.statement.receiptId]
    await expect(fileEstateClaim(payer, promise, signed, shares)).rejects.toMatchObject({ code: 'NOT_SILENT_YET' })
    expect(await watchGateway(payer, who)).toEqual({ silent: 0, round: 0 })
    for (let i = 0; i < 6; i++) {
      await travel(16 * day)
      expect((await watchGateway(payer, who)).silent).toBe((i + 1) * 15 * day)
    }
    await expect(announceEstate(payer, who)).rejects.toMatchObject({ code: 'NOT_SILENT_YET' })
    expect(await readEstateClaim(payer, who, id)).toBeNull()
    await fileEstateClaim(payer, promise, signed, shares)
    expect(await readEstateClaim(payer, who, id)).toMatchObject({ fee, channelId, paid: 0 })
    expect(await readClaimedShares(payer, who, id)).toEqual(shares)
    await expect(openEstate(payer, who, id)).rejects.toMatchObject({ code: 'TOO_EARLY' })
    await travel(30 * day + 1)
    const opened = await openEstate(payer, who, id)
    expect(opened.coins).toBe(parseOpen('2'))
    expect(await readEstate(payer, who)).toMatchObject({ coins: parseOpen('2'), claims: fee, settlesAt: opened.settlesAt, settled: false })
    await expect(payEstateClaim(payer, who, id)).rejects.toMatchObject({ code: 'TOO_EARLY' })
    await travel(120 * day + 1)
    expect(await payEstateClaim(payer, who, id)).toBe(fee)
    expect(await payEstateClaim(payer, who, id)).toBe(0n)
    expect(await readWopenBalance(payer, payee)).toBe(fee)
    expect(await refundChannels(payer, who, [channelId])).toBe(parseOpen('1.5'))
    expect(await refundChannels(payer, who, [channelId])).toBe(0n)
    expect(await readWopenBalance(payer, payer.addresses.estates)).toBe(0n)
  }, 60_000)

  it('gives the deposit of a claim back when the gateway has come back', async () => {
    const key = newKey()
    const back = await ledger.newcomer(key)
    await bondStake(back, 'gateway', parseOpen('40'))
    const { signed, promise } = await promised(key, await collectedBy(back, key.address))
    const [who, id] = [key.address, promise.statement.receiptId]
    await watchGateway(payer, who)
    for (let i = 0; i < 6; i++) {
      await travel(16 * day)
      await watchGateway(payer, who)
    }
    expect(await readClaimRounds(payer, who, id)).toEqual([])
    await fileEstateClaim(payer, promise, signed, shares)
    const [round] = await readClaimRounds(payer, who, id)
    await expect(withdrawEstateClaim(payer, who, round!, id)).rejects.toMatchObject({ code: 'CLAIM_STILL_STANDS' })
    await postEpoch(back, { index: 0n, receiptsRoot: id, linesRoot: id, balancesRoot: id, total: fee, lineCount: 1, receiptCount: 1, dataHash: id })
    const { deposit } = (await readEstateClaim(payer, who, id))!
    const before = await readWopenBalance(payer, payerKey.address)
    await expect(withdrawEstateClaim(payer, who, round! + 7, id)).rejects.toMatchObject({ code: 'NO_CLAIM' })
    await withdrawEstateClaim(payer, who, round!, id)
    expect(await readWopenBalance(payer, payerKey.address)).toBe(before + deposit)
    expect(deposit).toBeGreaterThan(0n)
    await expect(withdrawEstateClaim(payer, who, round!, id)).rejects.toMatchObject({ code: 'NO_CLAIM' })
  }, 60_000)
})
