import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toHex, writeArtefact, zeroHash, type Hex, type Network } from '@openledger/protocol'
import type { AnswerView, EpochView, RunView } from '@openledger/sdk'
import { deployTestLedger, testAccount } from '../test/deployTestLedger.ts'
import { cast, contribute, deploy, makeDatanet, openTestChannel, prepareLedger, seal, publishAndDeploy, shortRecipe, voucherFor, waitForAttribution, waitForRun } from '../test/playLoop.ts'
import { spawnNode, type SpawnedNode } from '../test/spawnNode.ts'
import { startAnvil, type Anvil } from '../test/startAnvil.ts'
import { randomModel } from '../test/tinyModel.ts'

let anvil: Anvil
let network: Network
let folder: string
let dataDir: string
let model: string
let node: SpawnedNode
let runId: string
const restart = async (): Promise<void> => {
  await node.kill()
  node = await spawnNode(dataDir, model)
}
beforeAll(async () => {
  anvil = await startAnvil()
  network = await deployTestLedger(anvil.url)
  folder = mkdtempSync(path.join(tmpdir(), 'node-kill-'))
  dataDir = path.join(folder, 'data')
  mkdirSync(path.join(dataDir, 'keys'), { recursive: true })
  writeFileSync(path.join(dataDir, 'network.json'), writeArtefact(network))
  for (const name of ['node', 'gateway'] as const) {
    const account = testAccount(cast[name])
    writeFileSync(path.join(dataDir, 'keys', `${name}.json`), JSON.stringify({ address: account.address, privateKey: toHex(account.getHdKey().privateKey!) }))
  }
  model = await randomModel(folder)
  node = await spawnNode(dataDir, model)
}, 180_000)
afterAll(async () => {
  await node?.kill()
  await anvil?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('a node that is killed', () => {
  it('goes on with a training run and gives the adapter of an uninterrupted one', async () => {
    const { base } = await node.api.get<{ base: { id: Hex } }>('/api/node')
    await prepareLedger(network, base.id)
    const datanetId = await makeDatanet(network, node.api)
    for (const index of cast.contributors.slice(0, 2)) await contribute(network, node.api, datanetId, index)
    const snapshotId = await seal(network, node.api, datanetId)
    const body = { trainer: testAccount(cast.builder).address, snapshotIds: [snapshotId], recipe: { ...shortRecipe, steps: 60 } }
    const run = await node.api.post<RunView>('/api/runs', { name: 'killed', ...body })
    await waitForRun(node.api, run.id, (r) => r.step >= 5 || r.status === 'done')
    await restart()
    const resumed = await waitForRun(node.api, run.id, (r) => r.status === 'done')
    expect(resumed.losses).toHaveLength(60)
    const whole = await node.api.post<RunView>('/api/runs', { name: 'whole', ...body })
    expect((await waitForRun(node.api, whole.id, (r) => r.status === 'done')).adapterId).toBe(resumed.adapterId)
    runId = resumed.id
  }, 240_000)

  it('attributes after it has started again what it had not before', async () => {
    const { gateway } = await node.api.get<{ gateway: `0x${string}` }>('/api/status')
    const model = await publishAndDeploy(network, node.api, runId)
    const channel = await openTestChannel(network, gateway)
    const ids: Hex[] = []
    for (let i = 0; i < 2; i++) {
      const body = { model, max_tokens: 8, messages: [{ role: 'user', content: `where is the mill of number ${i}?` }] }
      const { openledger } = await node.api.post<{ openledger: AnswerView }>('/v1/chat/completions', body, { 'x-openledger-channel': channel })
      expect(openledger.attribution.status).toBe('pending')
      ids.push(openledger.receiptId)
      await restart()
      await node.api.post('/api/vouchers', await voucherFor(network, channel, BigInt(openledger.channel.spent)))
    }
    for (const id of ids) expect((await waitForAttribution(node.api, id)).attribution.status).toBe('complete')
    const { attributions } = await node.api.get<{ attributions: object }>('/api/status')
    expect(attributions).toEqual({ pending: 0, complete: 2, failed: 0 })
    expect((await node.api.post<EpochView>('/api/epochs', {})).receipts).toBe(2)
  }, 240_000)

  it('loses no receipt that a client has, and uses no nonce twice', async () => {
    const { base } = await node.api.get<{ base: { id: Hex } }>('/api/node')
    await deploy(network, node.api, base.id, zeroHash)
    const { gateway } = await node.api.get<{ gateway: `0x${string}` }>('/api/status')
    const received: Hex[] = []
    const channels = await Promise.all([1, 2].map(() => openTestChannel(network, gateway)))
    const ask = async (channel: Hex): Promise<void> => {
      for (let i = 0; i < 20; i++) {
        const body = { model: 'tiny', max_tokens: 3, messages: [{ role: 'user', content: `mill ${i}` }] }
        const { openledger } = await node.api.post<{ openledger: AnswerView }>('/v1/chat/completions', body, { 'x-openledger-channel': channel })
        received.push(openledger.receiptId)
        await node.api.post('/api/vouchers', await voucherFor(network, channel, BigInt(openledger.channel.spent)))
      }
    }
    for (const count of [2, 5]) {
      const asking = channels.map((channel) => ask(channel).catch(() => undefined))
      while (received.length < count) await new Promise((resolve) => setTimeout(resolve, 10))
      const killed = restart()
      await Promise.all(asking)
      await killed
      // What was answered but not paid for is owed still: pay, as a client does that reads its channel again.
      for (const channel of channels) {
        const { spent } = await node.api.get<{ spent: string }>(`/api/channels/${channel}`)
        if (spent !== '0') await node.api.post('/api/vouchers', await voucherFor(network, channel, BigInt(spent)))
      }
    }
    const nonces: string[] = []
    for (const id of received) nonces.push((await node.api.get<{ receipt: { statement: { nonce: string } } }>(`/api/receipts/${id}/public`)).receipt.statement.nonce)
    expect(new Set(nonces).size).toBe(received.length)
    expect(received.length).toBeGreaterThanOrEqual(5)
    const { counts } = await node.api.get<{ counts: { receipts: number } }>('/api/status')
    const epoch = await node.api.post<EpochView>('/api/epochs', {})
    expect(epoch.receipts).toBe(counts.receipts - 2)
    expect(await node.api.post('/api/epochs', {})).toBeNull()
  }, 240_000)
})
