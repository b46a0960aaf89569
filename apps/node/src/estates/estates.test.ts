import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { promiseFileSchema, readArtefact, receiptBundleSchema, type Hex } from '@openledger/protocol'
import { collectVouchers, fileEstateClaim, openEstate, readEstateClaim, watchGateway, type AnswerView } from '@openledger/sdk'
import { testWriter } from '../test/deployTestLedger.ts'
import { cast, voucherFor } from '../test/playLoop.ts'
import { startBaseNode, type BaseNode } from '../test/startBaseNode.ts'

const day = 86_400
let base: BaseNode
beforeAll(async () => {
  base = await startBaseNode()
}, 180_000)
afterAll(() => base?.stop())

const [claimant] = cast.contributors
const nonce = (): Promise<unknown> => base.anvil.request('eth_getTransactionCount', [base.node.gateway, 'latest'])
const stands = async (id: Hex): Promise<boolean> => (await readEstateClaim(testWriter(base.network, claimant), base.node.gateway, id)) !== null

/** One answer of the bare base that is paid for and promised. */
async function paidAnswer(): Promise<Hex> {
  const { openledger } = await base.api.post<{ openledger: AnswerView }>('/v1/chat/completions', { model: 'tiny', messages: [{ role: 'user', content: 'who are you?' }], max_tokens: 4 }, { 'x-openledger-channel': base.channel })
  await base.api.post('/api/vouchers', await voucherFor(base.network, base.channel, BigInt(openledger.channel.spent)))
  return openledger.receiptId
}

async function claim(id: Hex): Promise<void> {
  const bundle = readArtefact(receiptBundleSchema, await base.api.get<object>(`/api/receipts/${id}`))
  const promise = readArtefact(promiseFileSchema, await base.api.get<object>(`/api/receipts/${id}/promise`))
  await fileEstateClaim(testWriter(base.network, claimant), promise, bundle, bundle.shares)
}

async function silence(days: number): Promise<void> {
  for (let passed = 0; passed < days; passed += 15) {
    await base.anvil.request('evm_increaseTime', [15 * day + 1])
    await watchGateway(testWriter(base.network, claimant), base.node.gateway)
  }
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await what()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not happen')
}

const counted = async (): Promise<string[]> => (await (await fetch(`${base.node.url}/metrics`)).text()).split('\n').filter((line) => line.startsWith('openledger_estate_claims'))

describe('what is claimed of a silent gateway’s estate', () => {
  const settled: Hex[] = []
  let unsettled: Hex

  it('is refuted by its running node where an epoch had settled it, with nobody’s help, and left where none had', async () => {
    for (let i = 0; i < 2; i++) settled.push(await paidAnswer())
    await base.api.post('/api/epochs', {})
    unsettled = await paidAnswer()
    // What is collected and never divided is what an estate is made of.
    const { statement, signature } = await voucherFor(base.network, base.channel, BigInt((await base.api.get<{ channel: { spent: string } }>(`/api/receipts/${unsettled}/summary`)).channel.spent))
    await collectVouchers(testWriter(base.network, cast.gateway), [{ ...statement, cumulative: BigInt(statement.cumulative), signature }])
    await silence(105)
    await claim(unsettled)
    await claim(settled[0]!)
    await until(async () => !(await stands(settled[0]!)))
    expect(await stands(unsettled)).toBe(true)
    expect(await counted()).toEqual(['openledger_estate_claims_total{outcome="refuted"} 1', 'openledger_estate_claims 1'])
  }, 120_000)

  it('is refuted after a restart where it was claimed while the node was away, once, and nothing is sent for what is true', async () => {
    const before = Number(await nonce())
    const file = [await base.api.get<object>(`/api/receipts/${settled[1]!}`), await base.api.get<object>(`/api/receipts/${settled[1]!}/promise`)] as const
    await base.node.stop()
    const bundle = readArtefact(receiptBundleSchema, file[0])
    await fileEstateClaim(testWriter(base.network, claimant), readArtefact(promiseFileSchema, file[1]), bundle, bundle.shares)
    expect(await stands(settled[1]!)).toBe(true)
    await base.restart()
    await until(async () => !(await stands(settled[1]!)))
    await base.restart()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(Number(await nonce())).toBe(before + 1)
    expect(await stands(unsettled)).toBe(true)
  }, 120_000)

  it('opens the estate where it was true', async () => {
    await base.anvil.request('evm_increaseTime', [30 * day + 1])
    expect((await openEstate(testWriter(base.network, claimant), base.node.gateway, unsettled)).coins).toBeGreaterThan(0n)
  }, 60_000)
})
