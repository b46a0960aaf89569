import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineHost } from '@openledger/engine'
import type { Hex, Network, ReceiptBundle } from '@openledger/protocol'
import type { AnswerView, EpochView, StatusView } from '@openledger/sdk'
import type { Engine, EngineSettings } from '../engine/Engine.ts'
import { startBaseNode, type BaseNode } from '../test/startBaseNode.ts'
import { contribute, makeDatanet, publishAndDeploy, seal, shortRecipe, voucherFor, waitForAttribution, waitForRun, cast } from '../test/playLoop.ts'
import { testAccount } from '../test/deployTestLedger.ts'

/** How the engine for gradients behaves: as it is, broken, or silent. */
let manner: 'sound' | 'broken' | 'silent' = 'sound'
let opened = 0

function open(options: ConstructorParameters<typeof EngineHost>[0]): Engine {
  const engine = new EngineHost(options)
  const answerGradient: EngineHost['answerGradient'] = (...asked) => {
    if (manner === 'broken') return Promise.reject(new Error('the thread broke'))
    return manner === 'silent' ? new Promise(() => undefined) : EngineHost.prototype.answerGradient.apply(engine, asked)
  }
  if (options?.niceness !== undefined) opened += 1
  return Object.assign(engine, { answerGradient })
}

let base: BaseNode
let network: Network
let model: string
let settings: EngineSettings
beforeAll(async () => {
  base = await startBaseNode({ creditLimit: 10n ** 20n })
  network = base.network
  settings = { ...base.options.engine, training: { threads: 1 }, open }
  await base.restart({ engine: settings })
  const datanetId = await makeDatanet(network, base.api)
  for (const index of cast.contributors.slice(0, 2)) await contribute(network, base.api, datanetId, index)
  const snapshotId = await seal(network, base.api, datanetId)
  const run = await base.api.post<{ id: string }>('/api/runs', { name: 'mill', trainer: testAccount(cast.builder).address, snapshotIds: [snapshotId], recipe: shortRecipe, method: 'trajectory' })
  await waitForRun(base.api, run.id, (r) => r.status === 'done')
  model = await publishAndDeploy(network, base.api, run.id)
}, 180_000)
afterAll(() => base?.stop())

const ask = async (): Promise<AnswerView> => {
  const body = { model, messages: [{ role: 'user', content: 'where is the mill of number 51?' }], max_tokens: 6 }
  return (await base.api.post<{ openledger: AnswerView }>('/v1/chat/completions', body, { 'x-openledger-channel': base.channel })).openledger
}
const pay = (spent: string): Promise<unknown> => voucherFor(network, base.channel, BigInt(spent)).then((voucher) => base.api.post('/api/vouchers', voucher))
const statusOf = async (id: Hex): Promise<AnswerView> => base.api.get<AnswerView>(`/api/receipts/${id}/summary`)

describe('attribution after the answer', () => {
  it('opens an engine of its own, and one only', async () => {
    expect(opened).toBe(0)
    const views = [await ask(), await ask()]
    for (const { receiptId } of views) expect((await waitForAttribution(base.api, receiptId)).attribution).toMatchObject({ status: 'complete', method: 'trajectory' })
    expect(opened).toBe(1)
    await pay(views[1]!.channel.spent)
    expect((await base.api.post<EpochView>('/api/epochs', {})).receipts).toBe(2)
  }, 120_000)

  it('goes on after a restart with what was open, and settles nothing of it meanwhile', async () => {
    manner = 'silent'
    const { receiptId, channel } = await ask()
    await pay(channel.spent)
    expect(await base.api.post('/api/epochs', {})).toBeNull()
    await base.restart({ engine: settings })
    expect((await statusOf(receiptId)).attribution.status).toBe('pending')
    manner = 'sound'
    await base.restart({ engine: settings })
    expect((await waitForAttribution(base.api, receiptId)).attribution.status).toBe('complete')
    expect((await base.api.post<EpochView>('/api/epochs', {})).receipts).toBe(1)
  }, 120_000)

  it('opens a fresh engine after an error and tries again', async () => {
    manner = 'broken'
    const before = opened
    const { receiptId, channel } = await ask()
    await new Promise((resolve) => setTimeout(resolve, 300))
    manner = 'sound'
    expect((await waitForAttribution(base.api, receiptId)).attribution.status).toBe('complete')
    expect(opened).toBeGreaterThan(before)
    expect(await base.api.get<string>('/metrics')).toMatch(/openledger_attributions_total\{outcome="retried"\} 1/)
    await pay(channel.spent)
    await base.api.post('/api/epochs', {})
  }, 120_000)

  it('loses its part when its engine is silent until the deadline, and says so', async () => {
    manner = 'silent'
    await base.restart({ engine: settings, attributionSeconds: 1 })
    const { receiptId, channel, shares } = await ask()
    const failed = await waitForAttribution(base.api, receiptId)
    expect(failed.attribution).toMatchObject({ status: 'failed', method: null, error: expect.stringContaining('deadline') })
    expect(failed.shares).toEqual(shares)
    expect(shares.map((s) => s.role)).not.toContain('node')
    const bundle = await base.api.get<ReceiptBundle>(`/api/receipts/${receiptId}`)
    expect(bundle).toMatchObject({ attribution: null, queryVector: null, attributionDeadline: failed.attribution.deadline })
    expect(bundle.completion).toBeUndefined()
    expect((await base.api.get<StatusView>('/api/status')).attributions.failed).toBe(1)
    expect(await base.api.get<string>('/metrics')).toMatch(/openledger_attributions_total\{outcome="failed"\} 1/)
    await pay(channel.spent)
    const epoch = await base.api.post<EpochView>('/api/epochs', {})
    expect(epoch.receipts).toBe(1)
    const [line] = (await base.api.get<{ lines: { payee: Hex }[] }>(`/api/receipts/${receiptId}/payments`)).lines.filter((l) => l.payee === testAccount(cast.node).address.toLowerCase())
    expect(line).toBeUndefined()
  }, 120_000)
})
