import { createTestClient, encodeFunctionData, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildEpoch, epochsAbi, keccak, OrderedTree, parseOpen, receiptLeaf, shareLeaf, signStatement, statementDomain, zeroHash, type Hex, type PromiseFile } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { postEpoch } from '../epochs/postEpoch.ts'
import { readEpoch } from '../epochs/readEpoch.ts'
import { bondStake } from '../stakes/bondStake.ts'
import { readStake } from '../stakes/readStake.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { openTestLedger, testParameters, type TestLedger } from '../testing/openTestLedger.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { accusePromise } from './accusePromise.ts'
import { readInclusionSummons, showInclusion } from './summonPromise.ts'

const id = (text: string): Hex => keccak(new TextEncoder().encode(text))
const gatewayKey = privateKeyToAccount(generatePrivateKey())
const disputeWindow = 600
const [settled, leftOut] = [id('settled'), id('left out')]

// Windows of minutes are passed by setting the clock forward, which a chain of one's own does not allow.
describe.skipIf(anvilPath() === null || process.env.OPENLEDGER_TEST_RPC !== undefined)('the court of inclusion', () => {
  let ledger: TestLedger
  let gateway: LedgerWriter
  let accuser: LedgerWriter
  let includeBy: bigint

  beforeAll(async () => {
    ledger = await openTestLedger({ ...testParameters, disputeWindow, stakeThaw: 2 * disputeWindow })
    // The court is in force after the stake thaw.
    await travel(2 * disputeWindow)
    gateway = await ledger.newcomer(gatewayKey)
    accuser = await ledger.newcomer(privateKeyToAccount(generatePrivateKey()))
    await bondStake(gateway, 'gateway', parseOpen('40'))
    const { epochs } = ledger.operator.addresses
    await ensureWopen(gateway, epochs, 33n)
    await sendCall(gateway, { name: 'credit', to: epochs, data: encodeFunctionData({ abi: epochsAbi, functionName: 'credit', args: [gatewayKey.address, 33n] }) })
    includeBy = (await ledger.publicClient.getBlock()).timestamp + 100n
  }, 120_000)
  afterAll(() => ledger?.stop())

  async function travel(seconds: number): Promise<void> {
    const client = createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) })
    await client.increaseTime({ seconds })
    await client.mine({ blocks: 1 })
  }

  async function promiseOf(receiptId: Hex): Promise<PromiseFile> {
    const { chainId, epochs } = ledger.operator.addresses
    const statement = { gateway: gatewayKey.address, receiptId, fee: 33n, includeBy }
    return { kind: 'openledger/inclusion-promise/1', chainId, epochs, statement, signature: await signStatement(gatewayKey, statementDomain(chainId, epochs), 'InclusionPromise', statement) }
  }
  const bonded = async (): Promise<bigint> => (await readStake(ledger.operator, gatewayKey.address, 'gateway')).bonded

  it('refuses promises of others, of another ledger, and before their date', async () => {
    const promise = await promiseOf(settled)
    await expect(accusePromise(accuser, promise)).rejects.toMatchObject({ code: 'PROMISE_NOT_DUE' })
    await travel(200)
    await expect(accusePromise(accuser, { ...promise, chainId: 1 })).rejects.toMatchObject({ code: 'CHAIN_MISMATCH' })
    await expect(accusePromise(accuser, { ...promise, statement: { ...promise.statement, receiptId: leftOut } })).rejects.toMatchObject({ code: 'BAD_SIGNATURE' })
    expect(await readInclusionSummons(accuser, gatewayKey.address, settled)).toBeNull()
  }, 60_000)

  it('pays a gateway for showing a receipt, and slashes one that cannot', async () => {
    const shares = [{ payee: gatewayKey.address, amount: 33n }]
    const shareRoot = new OrderedTree(shares.map(shareLeaf)).root
    const { receiptsRoot, linesRoot, balancesRoot, total, lines } = buildEpoch([{ receiptId: settled, node: gatewayKey.address, nonce: 1n, shareRoot, shares }], [])
    await postEpoch(gateway, { index: 0n, receiptsRoot, linesRoot, balancesRoot, total, lineCount: lines.length, receiptCount: 1, dataHash: zeroHash })
    const epoch = (await readEpoch(gateway, gatewayKey.address, 0n))!.header
    const before = await bonded()
    const [kept, broken] = [await promiseOf(settled), await promiseOf(leftOut)]
    for (const promise of [kept, broken]) expect((await accusePromise(accuser, promise)).outcome).toBe('summoned')
    const leaf = { receiptId: settled, shareRoot }
    await showInclusion(gateway, { gateway: gatewayKey.address, epoch, opening: { leaf, proof: new OrderedTree([receiptLeaf(leaf)]).prove(0) } })
    expect(await readInclusionSummons(accuser, gatewayKey.address, settled)).toBeNull()
    expect((await accusePromise(accuser, broken)).outcome).toBe('summoned')
    expect(await bonded()).toBe(before)
    await travel(disputeWindow + 1)
    expect(await accusePromise(accuser, broken)).toEqual({ outcome: 'convicted' })
    expect(await bonded()).toBe(before - before / 20n)
    await expect(accusePromise(accuser, broken)).rejects.toMatchObject({ code: 'PROMISE_ALREADY_BROKEN' })
  }, 60_000)
})
