import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryStore } from '@openledger/datanet'
import { OrderedTree, parseOpen, pendingAttributionRoot, shareLeaf, signStatement, statementDigest, statementDomain, toJson, zeroHash, type Attribution, type Deployment, type Hex, type Json, type Network, type Receipt, type Share } from '@openledger/protocol'
import { collectVouchers, fileEstateClaim, openChannel, readEstateClaim, watchGateway } from '@openledger/sdk'
import { openChain } from '../chain/ChainAccess.ts'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
import { EstateWatch } from '../estates/EstateWatch.ts'
import { openEstateChain } from '../estates/openEstateChain.ts'
import { Journal } from '../journal/Journal.ts'
import { attributedShares } from '../readout/attributeReceipt.ts'
import { deployTestLedger, testAccount, testWriter } from '../test/deployTestLedger.ts'
import { cast, voucherFor } from '../test/playLoop.ts'
import { startAnvil, type Anvil } from '../test/startAnvil.ts'
import type { AnswerOrder } from '../worker/AnswerOrder.ts'
import { openOwnEstates } from './openOwnEstates.ts'
import { SignedReceipts } from './SignedReceipts.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const at = (n: number): Hex => `0x${n.toString(16).padStart(40, '0')}`
const [node, gateway] = [testAccount(cast.node), testAccount(cast.gateway)]
const [claimant] = cast.contributors
const fee = parseOpen('0.01')
const deadline = 5_000_000_000
const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 4, stop: [], seed: hash(15) }
const deployment: Deployment = { owner: at(3), adapterId: hash(30), inputPrice: 1n, outputPrice: 2n, nodePpm: 300_000, ownerPpm: 300_000, stakersPpm: 0, contributorsPpm: 400_000, methodHash: hash(31), tableHash: hash(32), nonce: 1n }
const document = {
  kind: 'openledger/attribution/1' as const,
  method: { name: 'responses', hash: hash(31), parameters: {} },
  ...{ baseId: hash(1), adapterId: hash(30), tableHash: hash(32), indexHash: hash(33), queryHash: hash(34), commitments: { table: hash(35), index: hash(36), query: hash(37) } },
  ...{ revokedHash: hash(38), answerKey: hash(6), answerTokens: 3, losses: { base: 2, tuned: 1 }, tokensRoot: hash(39), sumsRoot: hash(40), scores: { exponent: 0, values: ['1'] } },
  ...{ shares: [{ contributor: at(70), sharePpm: 600_000, trainingWeight: 1 }], spans: [] },
}
const rootOf = (shares: readonly Share[]): Hex => new OrderedTree(shares.map(shareLeaf)).root

let anvil: Anvil
let network: Network
let folder: string
let journal: Journal
let channelId: Hex
beforeAll(async () => {
  anvil = await startAnvil()
  network = await deployTestLedger(anvil.url)
  folder = mkdtempSync(path.join(tmpdir(), 'own-estates-'))
  channelId = await openChannel(testWriter(network, cast.payer), gateway.address, zeroHash, parseOpen('1'))
  const { statement, signature } = await voucherFor(network, channelId, parseOpen('1'))
  await collectVouchers(testWriter(network, cast.gateway), [{ channelId, cumulative: BigInt(statement.cumulative), signature }])
}, 60_000)
afterAll(async () => {
  await journal?.close()
  await anvil?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const domain = () => statementDomain(network.chainId, network.contracts.epochs)
const parties = () => ({ treasury: network.treasury, stakers: network.contracts.stakes, profile: {} as Json })
const nonceOf = async (): Promise<number> => Number(await anvil.request('eth_getTransactionCount', [node.address, 'latest']))

/** A receipt of an answer that waits for its attribution, and what it pays without one. */
function receiptOf(nonce: bigint): { statement: Receipt; id: Hex; shares: Share[] } {
  const shares = [{ payee: at(60), amount: fee }]
  const statement: Receipt = {
    ...{ baseId: hash(1), adapterId: hash(30), snapshotsHash: hash(2), deploymentId: hash(3), node: node.address, gateway: gateway.address, channelId, requestHash: hash(5), outputHash: hash(6), samplingHash: hash(7) },
    ...{ inputTokens: 2, outputTokens: 3, fee, profileHash: hash(8), fingerprintRoot: hash(9), attributionRoot: pendingAttributionRoot(deadline), shareRoot: rootOf(shares), time: 1000n, nonce },
  }
  return { statement, id: statementDigest(domain(), 'Receipt', statement), shares }
}

async function keep(receipts: SignedReceipts, nonce: bigint): Promise<void> {
  const { statement, id } = receiptOf(nonce)
  const order = { promptTokens: [1, 2], salt: hash(12), sampling, clientNonce: hash(13), nodeCommitment: hash(14), deployment, adapterId: hash(30), manifest: 'bafy', platformFee: 4n } as unknown as AnswerOrder
  await receipts.keep({ id, statement, signature: '0x', answer: [5, 6, 7], deadline, order }, parties())
}

/** Signs and keeps the attribution of a receipt; returns the root of what it pays. */
async function attribute(receipts: SignedReceipts, nonce: bigint): Promise<Hex> {
  const { statement, id } = receiptOf(nonce)
  const { shares } = attributedShares(document, { statement, deployment, platformFee: 4n, treasury: network.treasury, stakers: network.contracts.stakes, payer: testAccount(cast.payer).address })
  const attribution: Attribution = { receiptId: id, attributionRoot: hash(50), queryHash: hash(34), shareRoot: rootOf(shares), time: 1001n }
  await receipts.attribute(id, { statement: toJson(attribution), signature: await signStatement(node, domain(), 'Attribution', attribution), document, queryVector: 'bafyq' })
  await receipts.end(id, 'delivered')
  return rootOf(shares)
}

async function claim(nonce: bigint): Promise<Hex> {
  const { statement, id, shares } = receiptOf(nonce)
  const promise = { gateway: gateway.address, receiptId: id, fee, includeBy: 1n }
  const signed = { receipt: { statement, signature: await signStatement(node, domain(), 'Receipt', statement) }, attributionDeadline: deadline }
  await fileEstateClaim(testWriter(network, claimant), { statement: promise, signature: await signStatement(gateway, domain(), 'InclusionPromise', promise) }, signed, shares)
  return id
}

async function watch(outcomes: string[]): Promise<EstateWatch> {
  await journal?.close()
  journal = await Journal.open({ folder: path.join(folder, 'receipts'), now: () => 0 })
  const { client } = openChain(network, anvil.url)
  const records = openOwnEstates(network, client, node, gateway.address, await SignedReceipts.open(journal))
  return new EstateWatch({ records, content: new MemoryStore(), chain: openEstateChain(network, anvil.url, client, node), clock: systemClock, log: silentLog, everyMs: 50, counted: (outcome) => outcomes.push(outcome) })
}

const shareRootOf = async (id: Hex): Promise<Hex | undefined> => (await readEstateClaim(testWriter(network, claimant), gateway.address, id))?.shareRoot

describe('claims to receipts that a node of its own attributed', () => {
  it('get its Attribution without anybody’s help, once, also over a restart; claims to others cost it nothing', async () => {
    journal = await Journal.open({ folder: path.join(folder, 'receipts'), now: () => 0 })
    const receipts = await SignedReceipts.open(journal)
    for (const nonce of [1n, 2n]) await keep(receipts, nonce)
    const due = await attribute(receipts, 1n)
    const outcomes: string[] = []
    const estates = await watch(outcomes)
    estates.start()
    for (let passed = 0; passed < 105; passed += 15) {
      await anvil.request('evm_increaseTime', [15 * 86_400 + 1])
      await watchGateway(testWriter(network, claimant), gateway.address)
    }
    const [own, unattributed, foreign] = [await claim(1n), await claim(2n), await claim(3n)]
    expect(receiptOf(1n).statement.shareRoot).not.toBe(due)
    for (let i = 0; i < 600 && (await shareRootOf(own)) !== due; i++) await systemClock.sleep(50)
    expect(await shareRootOf(own)).toBe(due)
    await estates.close()
    const again = await watch(outcomes)
    for (let i = 0; i < 3; i++) await again.look()
    expect(outcomes).toEqual(['attributed'])
    expect(await nonceOf()).toBe(1)
    for (const id of [unattributed, foreign]) expect(await shareRootOf(id)).toBe(receiptOf(1n).statement.shareRoot)
  }, 60_000)
})
