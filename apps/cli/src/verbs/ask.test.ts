import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { channelId as channelIdOf, keccak, readArtefact, receiptBundleSchema, utf8, writeArtefact, type Hex, type Network } from '@openledger/protocol'
import { addressesOfNetwork } from '@openledger/sdk'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dataFolder } from '../context/dataFolder.ts'
import { SdkNode } from '../context/SdkNode.ts'
import type { Session } from '../context/Session.ts'
import { fakeLedger } from '../testing/fakeLedger.ts'
import { FakeNode } from '../testing/FakeNode.ts'
import { closeReceipt, leavingOpen, type Tamper } from '../testing/fakeReceipt.ts'
import { ask } from './ask.ts'
import { freshReceipt } from './awaitAttribution.ts'
import { ReceiptBook } from './ReceiptBook.ts'
import { VoucherBook } from './VoucherBook.ts'

const fresh = () => privateKeyToAccount(generatePrivateKey())
const [payer, gateway, node, owner] = [fresh(), fresh(), fresh(), fresh()]
const at = (n: number): Hex => `0x${n.toString(16).padStart(40, '0')}`
const contracts = { wopen: at(1), parameters: at(2), datanets: at(3), models: at(4), channels: at(5), epochs: at(6), stakes: at(7), attributionCourt: at(8), epochCourt: at(9), identityRegistry: at(10), guarantees: at(11), reputationRegistry: at(12), validationRegistry: at(13), guaranteeValidator: at(14), hashVerifier: at(15), receiptVerifier: at(16), clientVerifier: at(17), committeeVerifier: at(18), inclusionCourt: at(19), estates: at(20), samplingBeacon: at(21), executionCourt: at(22) }
const network: Network = { kind: 'openledger/network/1', chainId: 7117, rpcUrl: 'http://127.0.0.1:9', deployBlock: 0n, treasury: at(8), contracts }
const channelId = channelIdOf(contracts.channels, payer.address, gateway.address, keccak(utf8('openledger payer channel 0')))
const platformFee = 7n
const deposit = 1_000_000n
const maker = { network, node, owner, gateway, platformFee }
const code = (expected: string): unknown => expect.objectContaining({ code: expected })

let folder: string
let shop: FakeNode
let session: Session

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'openledger-ask-'))
  shop = new FakeNode(maker, channelId, payer.address)
  await shop.start()
  const ledger = fakeLedger(addressesOfNetwork(network), new Map([[channelId, { payer: payer.address, gateway: gateway.address, deposited: deposit }]]), platformFee)
  const actor = (name: string) => Promise.resolve({ name, account: payer, writer: ledger })
  const client = new SdkNode({ url: () => Promise.resolve(shop.url), token: undefined })
  session = { folder: dataFolder(folder), network, node: client, reader: ledger, actor, random: (n) => new Uint8Array(randomBytes(n)) } as Partial<Session> as Session
})
afterEach(async () => {
  await shop.stop()
  await rm(folder, { recursive: true, force: true })
})

const question = (text = 'What is a datanet?', onText?: (text: string) => void) => ask(session, { model: 'm', question: text, payer: 'payer', deposit, onText })
const lastSigned = async (): Promise<bigint | undefined> => (await new VoucherBook(session.folder.vouchers).last(channelId))?.cumulative

describe('ask', () => {
  it('streams the answer, pays exactly the sum of the fees, and keeps receipts and voucher', async () => {
    const pieces: string[] = []
    const first = await question('What is a datanet?', (text) => pieces.push(text))
    expect(first).toMatchObject({ text: shop.text, finishReason: 'stop' })
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe(shop.text)
    shop.text = 'Another, longer answer than the first one.'
    const second = await question()
    const [a, b] = shop.receipts.map((r) => r.fee) as [bigint, bigint]
    // 18 characters of prompt and 23 of answer, one token each: ceil((18·500 + 23·1000) / 1000) + 7.
    expect(a).toBe(39n)
    expect(b).toBeGreaterThan(a)
    expect([first.signed, second.signed]).toEqual([a, a + b])
    expect(shop.accepted).toEqual([a, a + b])
    expect(await lastSigned()).toBe(a + b)
    const bundle = await new ReceiptBook(session.folder.receipts).read(second.receiptId)
    expect(readArtefact(receiptBundleSchema, bundle!).answer.text).toBe(shop.text)
  })

  it.each<[string, Tamper]>([
    ['a fee above the prices', ({ receipt, bundle }) => ((receipt.fee += 1n), (bundle.shares[0]!.amount += 1n))],
    ['more tokens than there are', ({ receipt }) => (receipt.outputTokens += 1)],
    ['another channel', ({ receipt }) => (receipt.channelId = keccak(utf8('other')))],
    ['another gateway', ({ receipt }) => (receipt.gateway = owner.address)],
    ['another text than was sent', ({ bundle }) => (bundle.answer.text = 'something else')],
    ['another conversation', ({ bundle }) => (bundle.request.messages = [{ role: 'user', content: 'x' }])],
    ['a platform fee above the ledger’s', ({ receipt, bundle }) => ((bundle.platformFee += 1n), (receipt.fee += 1n), (bundle.shares[0]!.amount += 1n))],
    ['other shares than its root', ({ bundle }) => (bundle.shares = [{ payee: owner.address, amount: bundle.shares[0]!.amount }])],
    ['cheaper terms than the deployment it names', ({ bundle }) => (bundle.deployment.statement.outputPrice -= 1n)],
    ['a seed that the node chose', ({ bundle }) => (bundle.request.sampling.seed = keccak(utf8('mine')))],
    ['another secret than the node committed to', ({ bundle }) => (bundle.request.nodeSecret = keccak(utf8('mine')))],
  ])('signs nothing for a receipt with %s', async (_, tamper) => {
    shop.tamper = tamper
    await expect(question()).rejects.toThrow(code('WRONG_RECEIPT'))
    expect(shop.accepted).toEqual([])
    expect(await lastSigned()).toBeUndefined()
  })

  it('pays what was agreed to, and signs nothing for a smallest unit more', async () => {
    const agreed = (mostFee: bigint) => ask(session, { model: 'm', question: 'What is a datanet?', payer: 'payer', deposit, mostFee })
    await expect(agreed(38n)).rejects.toThrow(code('WRONG_RECEIPT'))
    expect(shop.accepted).toEqual([])
    shop.receipts.length = 0
    expect((await agreed(39n)).signed).toBe(39n)
  })

  it('signs nothing when the node counts more than its receipts sum to', async () => {
    shop.overstated = 1n
    await expect(question()).rejects.toThrow(code('OWED_TOO_MUCH'))
    expect(shop.accepted).toEqual([])
  })

  it('pays for an answer that was broken off with the next one, after checking its receipt', async () => {
    shop.breakOff = true
    await expect(question()).rejects.toThrow(code('ANSWER_BROKEN_OFF'))
    expect(shop.accepted).toEqual([])
    const { signed } = await question('And what is a record?')
    expect(signed).toBe(shop.receipts.reduce((sum, r) => sum + r.fee, 0n))
    expect(await new ReceiptBook(session.folder.receipts).ids()).toHaveLength(2)
  })

  it('pays what is owed first when the node wants its voucher, then asks again', async () => {
    shop.breakOff = true
    await expect(question()).rejects.toThrow(code('ANSWER_BROKEN_OFF'))
    shop.failNext(402, 'VOUCHER_MISSING')
    await question()
    const [a, b] = shop.receipts.map((r) => r.fee) as [bigint, bigint]
    expect(shop.accepted).toEqual([a, a + b])
  })

  it('sends a kept voucher again after its files of receipts are lost, and still signs the exact sum', async () => {
    await question()
    await rm(session.folder.receipts, { recursive: true })
    const { signed } = await question()
    expect(signed).toBe(shop.spent)
  })

  it('pays for an answer at once, waits for its attribution and keeps that in the receipt\u2019s place', async () => {
    shop.tamper = leavingOpen(2_000_000_000)
    shop.close = (bytes) => closeReceipt(maker, bytes)
    const { receiptId, view } = await question()
    expect(view.attribution.status).toBe('complete')
    const kept = readArtefact(receiptBundleSchema, (await new ReceiptBook(session.folder.receipts).read(receiptId))!)
    expect(kept.shares).toEqual([{ payee: owner.address, amount: shop.receipts[0]!.fee }])
    expect(shop.accepted).toEqual([shop.receipts[0]!.fee])
  })

  it('does not take an attribution that another signed, and fetches one later that was too late for it', async () => {
    shop.tamper = leavingOpen(2_000_000_000)
    shop.close = (bytes) => closeReceipt(maker, bytes, owner)
    await expect(question()).rejects.toThrow(code('BAD_SIGNATURE'))
    const id = shop.receipts[0]!.id
    const isClosed = async (): Promise<boolean> => readArtefact(receiptBundleSchema, (await freshReceipt(session, id))!).completion !== undefined
    expect(await isClosed()).toBe(false)
    const { completion: _, ...open } = readArtefact(receiptBundleSchema, shop.receipts[0]!.bytes)
    shop.receipts[0]!.bytes = await closeReceipt(maker, writeArtefact(open))
    expect(await isClosed()).toBe(true)
  })

  it('does not repeat a request that cannot succeed', async () => {
    shop.failNext(404, 'MODEL_NOT_FOUND')
    await expect(question()).rejects.toThrow(code('MODEL_NOT_FOUND'))
    await expect(question('  ')).rejects.toThrow(code('NO_QUESTION'))
    expect(shop.receipts).toEqual([])
  })
})
