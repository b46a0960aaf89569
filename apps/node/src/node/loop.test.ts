import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkCompletion, OrderedTree, readArtefact, receiptBundleSchema, rootsInForce, shareLeaf, statementDomain, type Hex, type Network, type ReceiptBundle } from '@openledger/protocol'
import { claimBalance, type AnswerView, type BalanceView, type EpochView, type PaymentsView, type StatusView } from '@openledger/sdk'
import { attributionRoot, readAttribution } from '@openledger/attribution'
import { silentLog } from '../config/Log.ts'
import { Api } from '../test/Api.ts'
import { deployTestLedger, testAccount, testWriter } from '../test/deployTestLedger.ts'
import { cast, contribute, deploy, makeDatanet, openTestChannel, prepareLedger, publishAndDeploy, seal, shortRecipe, voucherFor, voucherHeaderOf, waitForAttribution, waitForRun } from '../test/playLoop.ts'
import { startAnvil, type Anvil } from '../test/startAnvil.ts'
import { randomModel } from '../test/tinyModel.ts'
import { SglangServer } from '../test/SglangServer.ts'
import type { UpstreamOptions } from '../upstream/UpstreamOptions.ts'
import { startNode, type NodeHandle } from './startNode.ts'

let anvil: Anvil
let network: Network
let folder: string
let modelPath: string
let node: NodeHandle
let api: Api
const start = async (upstream?: UpstreamOptions): Promise<void> => {
  node = await startNode({
    dataDir: path.join(folder, 'data'),
    network,
    port: 0,
    engine: { modelPath, modelName: 'tiny', serving: { threads: 1 }, training: { threads: 1 }, upstream },
    keys: { node: testAccount(cast.node), gateway: testAccount(cast.gateway) },
    settlementMs: 0,
    pollMs: 50,
    creditLimit: 0n,
    log: silentLog,
    processMetrics: false,
  })
  api = new Api(node.url, node.operatorToken)
}
beforeAll(async () => {
  anvil = await startAnvil()
  network = await deployTestLedger(anvil.url)
  folder = mkdtempSync(path.join(tmpdir(), 'node-loop-'))
  modelPath = await randomModel(folder)
  await start()
}, 120_000)
afterAll(async () => {
  await node?.stop()
  await anvil?.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Chat = { choices: { message: { content: string } }[]; usage: { completion_tokens: number }; openledger: AnswerView }
const ask = (model: string, channelId: Hex, question: string, headers: Record<string, string> = {}): Promise<Chat> =>
  api.post('/v1/chat/completions', { model, messages: [{ role: 'user', content: question }], max_tokens: 12 }, { 'x-openledger-channel': channelId, ...headers })

describe('the loop through the node', () => {
  let model: string
  let channel: Hex
  const receipts: Hex[] = []

  it('takes contributions, seals, trains, publishes and deploys', async () => {
    const { base } = await api.get<{ base: { id: Hex } }>('/api/node')
    await prepareLedger(network, base.id)
    const datanetId = await makeDatanet(network, api)
    for (const index of cast.contributors) {
      const view = await contribute(network, api, datanetId, index)
      expect(view.verdicts.filter((v) => v.status !== 'accepted')).toEqual([])
    }
    const snapshotId = await seal(network, api, datanetId)
    const run = await api.post<{ id: string }>('/api/runs', { name: 'mill', trainer: testAccount(cast.builder).address, snapshotIds: [snapshotId], recipe: shortRecipe })
    const seen: unknown[] = []
    const done = await waitForRun(api, run.id, (r) => (seen.push(r.counterfactuals), r.status === 'done'))
    expect(done.losses).toHaveLength(shortRecipe.steps)
    expect(done.tunedLoss!).toBeLessThan(done.baseLoss!)
    expect(seen).toContainEqual(expect.objectContaining({ total: 4 }))
    model = await publishAndDeploy(network, api, run.id)
    expect(model).toBe('tiny:mill')
    expect(await deploy(network, api, base.id, `0x${'00'.repeat(32)}`)).toBe('tiny')
  }, 180_000)

  it('answers with a receipt, and wants a voucher before the next answer', async () => {
    channel = await openTestChannel(network, node.gateway)
    const first = await ask(model, channel, 'where is the mill of number 51?')
    expect(first.usage.completion_tokens).toBeGreaterThan(0)
    const { openledger } = first
    const sum = openledger.shares.reduce((total, share) => total + BigInt(share.amount), 0n)
    expect(sum).toBe(BigInt(openledger.fee))
    // The answer did not wait for its attribution, and what its receipt promises without it leaves the node out.
    expect(openledger.attribution).toMatchObject({ status: 'pending', at: null })
    expect(openledger.shares.map((s) => s.role)).not.toContain('node')
    expect(openledger.influence).toHaveLength(4)
    receipts.push(openledger.receiptId)
    await expect(ask(model, channel, 'and the river?')).rejects.toThrow('VOUCHER_MISSING')
    const voucher = await voucherFor(network, channel, BigInt(openledger.channel.spent))
    const second = await ask(model, channel, 'and the river?', voucherHeaderOf(voucher))
    receipts.push(second.openledger.receiptId)
    await api.post('/api/vouchers', await voucherFor(network, channel, BigInt(second.openledger.channel.spent)))
    const bare = await ask('tiny', channel, 'who are you?')
    expect(bare.openledger.influence).toEqual([])
    await api.post('/api/vouchers', await voucherFor(network, channel, BigInt(bare.openledger.channel.spent)))
    expect(bare.openledger.attribution.status).toBe('none')
    receipts.push(bare.openledger.receiptId)
    for (const id of receipts.slice(0, 2)) {
      const view = await waitForAttribution(api, id)
      expect(view.attribution).toMatchObject({ status: 'complete', method: 'responses', lds: { heldOutPpm: expect.any(Number) as number }, error: null })
      expect(view.shares.map((s) => s.role)).toContain('node')
      expect(view.shares.reduce((total, share) => total + BigInt(share.amount), 0n)).toBe(BigInt(view.fee))
      const bundle = readArtefact(receiptBundleSchema, await api.get<object>(`/api/receipts/${id}`))
      const domain = statementDomain(network.chainId, network.contracts.epochs)
      expect(await checkCompletion(domain, bundle)).toBe('complete')
      expect(rootsInForce(bundle)).toMatchObject({ shareRoot: new OrderedTree(bundle.shares.map(shareLeaf)).root, attributionRoot: attributionRoot(readAttribution(bundle.attribution as object)) })
      const shown = await api.get<Pick<ReceiptBundle, 'completion' | 'attributionDeadline'>>(`/api/receipts/${id}/public`)
      expect(shown).toMatchObject({ completion: { signature: bundle.completion!.signature }, attributionDeadline: bundle.attributionDeadline })
    }
    expect((await api.get<StatusView>('/api/status')).attributions).toEqual({ pending: 0, complete: 2, failed: 0 })
  }, 180_000)

  it('settles, shows balances with proofs, and the claim pays', async () => {
    const epoch = await api.post<EpochView>('/api/epochs', {})
    expect(epoch).toMatchObject({ index: 0, receipts: 3 })
    expect(await api.post('/api/epochs', {})).toBeNull()
    await new Promise((resolve) => setTimeout(resolve, 3500))
    const payee = testAccount(cast.contributors[0]).address
    const balance = await api.get<BalanceView>(`/api/balances/${payee}`)
    expect(BigInt(balance.claimable)).toBeGreaterThan(0n)
    const { gateway, index, cumulative, proof } = balance.claim!
    await claimBalance(testWriter(network, cast.contributors[0]), { gateway, epoch: BigInt(index), payee, cumulative: BigInt(cumulative), proof })
    for (let i = 0; i < 50 && (await api.get<BalanceView>(`/api/balances/${payee}`)).claimable !== '0'; i++) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await api.get<BalanceView>(`/api/balances/${payee}`)).toMatchObject({ claimed: balance.claimable, claimable: '0' })
    const payments = await api.get<PaymentsView>(`/api/receipts/${receipts[0]}/payments`)
    expect(payments.epoch).toMatchObject({ index: 0, final: true })
    expect(payments.lines.find((l) => l.payee === payee.toLowerCase())!.claim).not.toBeNull()
  }, 180_000)

  it('is the same after a restart, and after the loss of its database', async () => {
    const before = await api.get<StatusView>('/api/status')
    await node.stop()
    rmSync(path.join(folder, 'data', 'db'), { recursive: true })
    await start()
    // What is counted on the chain is there when the indexer is.
    await expect.poll(async () => (await api.get<StatusView>('/api/status')).counts, { timeout: 30_000 }).toEqual(before.counts)
    const after = await api.get<StatusView>('/api/status')
    expect(after.totals).toEqual(before.totals)
    expect(await api.post('/api/epochs', {})).toBeNull()
    const more = await ask(model, channel, 'is the mill still there?')
    expect(BigInt(more.openledger.channel.spent)).toBeGreaterThan(BigInt(more.openledger.channel.vouchered))
    const nonces = await Promise.all([...receipts, more.openledger.receiptId].map(async (id) => (await api.get<{ receipt: { statement: { nonce: string } } }>(`/api/receipts/${id}/public`)).receipt.statement.nonce))
    // Three of one start, and one of a later start, above all of them.
    const [first, , third, fourth] = nonces.map(BigInt) as [bigint, bigint, bigint, bigint]
    expect(nonces.slice(0, 3).map(BigInt)).toEqual([first, first + 1n, first + 2n])
    expect(fourth).toBeGreaterThan(third + 1n)
    await api.post('/api/vouchers', await voucherFor(network, channel, BigInt(more.openledger.channel.spent)))
  }, 180_000)

  it('answers by another server, pays by its own gradients, and promises no bits in the receipt', async () => {
    const { content } = (await ask(model, channel, 'where is the mill?')).choices[0]!.message
    const { channel: owed } = (await api.get<{ items: { id: Hex; spent: string }[] }>('/api/channels')).items.map((item) => ({ channel: item })).find(({ channel: item }) => item.id === channel)!
    const server = new SglangServer({ modelPath })
    const upstream: UpstreamOptions = { url: await server.start(), dialect: 'sglang' }
    try {
      await api.post('/api/vouchers', await voucherFor(network, channel, BigInt(owed.spent)))
      await node.stop()
      await start(upstream)
      const answer = await ask(model, channel, 'where is the mill?')
      // The same model and adapter compute the same words there.
      expect(answer.choices[0]!.message.content).toBe(content)
      expect([...server.loras.keys()]).toHaveLength(1)
      expect(answer.openledger.influence).toHaveLength(4)
      expect((await waitForAttribution(api, answer.openledger.receiptId)).attribution.status).toBe('complete')
      const { profile, answer: words, queryVector } = await api.get<Pick<ReceiptBundle, 'profile' | 'answer' | 'queryVector'>>(`/api/receipts/${answer.openledger.receiptId}`)
      expect(profile).toMatchObject({ engine: 'sglang', engineVersion: '0.5.4', exactReplay: false, logitsHashes: false, tokenizer: 'same', gradients: expect.stringMatching(/^0x/) })
      expect(words.tokens.length).toBeGreaterThan(0)
      expect(words.logitsHashes).toEqual([])
      expect(queryVector).not.toBeNull()
      await api.post('/api/vouchers', await voucherFor(network, channel, BigInt(answer.openledger.channel.spent)))
      await node.stop()
      await start({ ...upstream, gradients: 'none' })
      await expect(ask(model, channel, 'and now?')).rejects.toThrow(/503.*NO_GRADIENTS/)
      expect((await ask('tiny', channel, 'who are you?')).openledger.influence).toEqual([])
    } finally {
      await server.stop()
    }
  }, 180_000)
})
