import { cp } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { promiseFileSchema, readArtefact, receiptBundleSchema, type Hex, type PromiseFile, type ReceiptBundle } from '@openledger/protocol'
import { collectVouchers, fileEstateClaim, openEstate, readEstateClaim, watchGateway, type AnswerView } from '@openledger/sdk'
import { startNode } from '../node/startNode.ts'
import { testAccount, testWriter } from '../test/deployTestLedger.ts'
import { cast, voucherFor } from '../test/playLoop.ts'
import { startBaseNode, type BaseNode } from '../test/startBaseNode.ts'

const day = 86_400
let base: BaseNode
beforeAll(async () => {
  base = await startBaseNode()
}, 180_000)
afterAll(() => base?.stop())

const [claimant] = cast.contributors
const other = 9
const anyNonce = (account: string): Promise<unknown> => base.anvil.request('eth_getTransactionCount', [account, 'latest'])
const nonce = (): Promise<unknown> => anyNonce(base.node.gateway)
const stands = async (id: Hex): Promise<boolean> => (await readEstateClaim(testWriter(base.network, claimant), base.node.gateway, id)) !== null

/** One answer of the bare base that is paid for and promised. */
async function paidAnswer(): Promise<Hex> {
  const { openledger } = await base.api.post<{ openledger: AnswerView }>('/v1/chat/completions', { model: 'tiny', messages: [{ role: 'user', content: 'who are you?' }], max_tokens: 4 }, { 'x-openledger-channel': base.channel })
  await base.api.post('/api/vouchers', await voucherFor(base.network, base.channel, BigInt(openledger.channel.spent)))
  return openledger.receiptId
}

/** What a payer keeps of an answer. */
async function keptOf(id: Hex): Promise<{ promise: PromiseFile; bundle: ReceiptBundle }> {
  const promise = readArtefact(promiseFileSchema, await base.api.get<object>(`/api/receipts/${id}/promise`))
  return { promise, bundle: readArtefact(receiptBundleSchema, await base.api.get<object>(`/api/receipts/${id}`)) }
}

async function claim({ promise, bundle }: Awaited<ReturnType<typeof keptOf>>): Promise<void> {
  await fileEstateClaim(testWriter(base.network, claimant), promise, bundle, bundle.shares)
}

async function silence(days: number): Promise<void> {
  for (let passed = 0; passed < days; passed += 15) {
    await base.anvil.request('evm_increaseTime', [15 * day + 1])
    await watchGateway(testWriter(base.network, claimant), base.node.gateway)
  }
}

const isRefuted = (id: Hex): Promise<void> => vi.waitFor(async () => expect(await stands(id)).toBe(false), 30_000)
const counted = async (): Promise<string[]> => (await (await fetch(`${base.node.url}/metrics`)).text()).split('\n').filter((line) => line.startsWith('openledger_estate_claims'))

describe('what is claimed of a silent gateway’s estate', () => {
  const settled: Hex[] = []
  let unsettled: Hex

  it('is refuted by its running node where an epoch had settled it, with nobody’s help, and left where none had', async () => {
    for (let i = 0; i < 3; i++) settled.push(await paidAnswer())
    await base.api.post('/api/epochs', {})
    unsettled = await paidAnswer()
    // What is collected and never divided is what an estate is made of.
    const { statement, signature } = await voucherFor(base.network, base.channel, BigInt((await base.api.get<{ channel: { spent: string } }>(`/api/receipts/${unsettled}/summary`)).channel.spent))
    await collectVouchers(testWriter(base.network, cast.gateway), [{ ...statement, cumulative: BigInt(statement.cumulative), signature }])
    await silence(105)
    await claim(await keptOf(unsettled))
    await claim(await keptOf(settled[0]!))
    await isRefuted(settled[0]!)
    expect(await stands(unsettled)).toBe(true)
    // The tables follow the chain a moment later.
    await vi.waitFor(async () => expect(await counted()).toEqual(['openledger_estate_claims_total{outcome="refuted"} 1', 'openledger_estate_claims 1']), 30_000)
  }, 120_000)

  it('is refuted after a restart where it was claimed while the node was away, once, and nothing is sent for what is true', async () => {
    const before = Number(await nonce())
    const kept = await keptOf(settled[1]!)
    await base.node.stop()
    await claim(kept)
    expect(await stands(settled[1]!)).toBe(true)
    await base.restart()
    await isRefuted(settled[1]!)
    await base.restart()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(Number(await nonce())).toBe(before + 1)
    expect(await stands(unsettled)).toBe(true)
  }, 120_000)

  it('is refuted by another gateway’s process, which has the epochs’ files, when its own is gone', async () => {
    const kept = await keptOf(settled[2]!)
    await base.node.stop()
    const keys = { node: testAccount(other), gateway: testAccount(other) }
    const neighbour = await startNode({ ...base.options, dataDir: path.join(base.folder, 'neighbour'), keys })
    try {
      const before = Number(await anyNonce(neighbour.gateway))
      await claim(kept)
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(await stands(settled[2]!)).toBe(true)
      // What was looked for and not found is looked for again by a process that has the files.
      await neighbour.stop()
      await cp(path.join(base.dataDir, 'content'), path.join(base.folder, 'neighbour', 'content'), { recursive: true })
      const again = await startNode({ ...base.options, dataDir: path.join(base.folder, 'neighbour'), keys })
      await isRefuted(settled[2]!)
      await again.stop()
      expect(Number(await anyNonce(neighbour.gateway))).toBe(before + 1)
      expect(await stands(unsettled)).toBe(true)
    } finally {
      await neighbour.stop()
    }
  }, 120_000)

  it('opens the estate where it was true', async () => {
    await base.anvil.request('evm_increaseTime', [30 * day + 1])
    expect((await openEstate(testWriter(base.network, claimant), base.node.gateway, unsettled)).coins).toBeGreaterThan(0n)
  }, 60_000)
})
