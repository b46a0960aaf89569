import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AuditEngine, judgeExecution } from '@openledger/audit'
import { MemoryStore } from '@openledger/datanet'
import { ModelTokenizer, writePeftFolder, type Adapter, type AdapterBase } from '@openledger/engine'
import { writeTinyModel } from '@openledger/engine/fixtures'
import {
  buildEpoch,
  digestOfCid,
  epochFileSchema,
  epochsAbi,
  executionOpening,
  fingerprintLeaf,
  hashJson,
  keccak,
  nodeCommitment,
  OrderedTree,
  parseOpen,
  readArtefact,
  samplingSeed,
  shareLeaf,
  signStatement,
  statementDigest,
  statementDomain,
  tokenHash,
  utf8,
  writeArtefact,
  zeroHash,
  type EpochFile,
  type ExecutionOpening,
  type Hex,
  type Receipt,
} from '@openledger/protocol'
import { bondStake, challengeReceipt, enrolAuditor, ensureWopen, openExecution, postEpoch, readEpoch, readExecutionCase, readStake, sendCall, type LedgerWriter } from '@openledger/sdk'
import { createTestClient, encodeFunctionData, http, type Address, type LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anchorReceipt } from './anchorReceipt.ts'
import { AuditorWatch } from './AuditorWatch.ts'

type TestLedger = { operator: LedgerWriter; rpcUrl: string; newcomer(account: LocalAccount): Promise<LedgerWriter>; stop(): Promise<void> }
type Testing = { openTestLedger(parameters: object): Promise<TestLedger>; testParameters: object; anvilPath(): string | null }
const file = (name: string): string => new URL(`../../../../packages/${name}`, import.meta.url).href
const { anvilPath } = (await import(file('sdk/src/chain/testing/startAnvil.ts'))) as Testing

const disputeWindow = 600
const stage = disputeWindow / 3
const silentAnswers = 700
const newKey = () => privateKeyToAccount(generatePrivateKey())
const [honest, liar, silent, gatewayKey] = [newKey(), newKey(), newKey(), newKey()]

/** An honest node, one that answers with another adapter, one that never opens anything; auditors who execute what they are drawn for. */
describe.skipIf(anvilPath() === null)('sampling audits end to end', () => {
  let folder: string
  let engine: AuditEngine
  let ledger: TestLedger
  let gateway: LedgerWriter
  let accuser: LedgerWriter
  let auditors: { writer: LedgerWriter; account: LocalAccount }[]
  const content = new MemoryStore()
  const said: string[] = []
  const answers = new Map<Hex, { receipt: Receipt; opening: ExecutionOpening }>()
  const [right, wrong] = [{ id: zeroHash as Hex }, { id: zeroHash as Hex }]

  const travel = async (seconds: number): Promise<void> => {
    const client = createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) })
    await client.increaseTime({ seconds })
    await client.mine({ blocks: 2 })
  }
  const bonded = async (account: Address) => (await readStake(ledger.operator, account, 'node')).bonded
  const domain = () => statementDomain(ledger.operator.addresses.chainId, ledger.operator.addresses.epochs)
  const watchOf = ({ writer, account }: (typeof auditors)[number], sample: boolean) =>
    new AuditorWatch({
      writer,
      sample,
      salt: async (words) => keccak(utf8(await account.signMessage({ message: words }))),
      judge: (receipt, opening) => judgeExecution(receipt, opening, engine),
      epochFile: async (whose, index) => {
        const epoch = await readEpoch(writer, whose, BigInt(index))
        const list = await content.list()
        return epoch && list[0] !== undefined ? readArtefact(epochFileSchema, await content.get(list[0])) : undefined
      },
      say: (line) => said.push(line),
    })

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'openledger-auditor-'))
    const modelPath = path.join(folder, 'tiny.gguf')
    writeTinyModel(modelPath)
    engine = await AuditEngine.open({ content, modelPath, threads: 1 }, { name: 'tiny', cid: null })
    const { randomAdapter } = (await import(file('engine/src/fixtures/randomAdapter.ts'))) as { randomAdapter(base: AdapterBase, options: { seed: number }): Adapter }
    const base = await ModelTokenizer.open(modelPath)
    for (const [seed, adapter] of [right, wrong].entries()) {
      const place = path.join(folder, `adapter-${seed}`)
      writePeftFolder(place, randomAdapter(base, { seed: seed + 1 }), base)
      adapter.id = await engine.host.registerAdapter(place)
    }
    base.dispose()
    const { openTestLedger, testParameters } = (await import(file('sdk/src/chain/testing/openTestLedger.ts'))) as Testing
    ledger = await openTestLedger({ ...testParameters, disputeWindow, stakeThaw: 2 * disputeWindow })
    await travel(2 * disputeWindow)
    gateway = await ledger.newcomer(gatewayKey)
    accuser = await ledger.newcomer(newKey())
    await bondStake(gateway, 'gateway', parseOpen('40'))
    for (const key of [honest, liar, silent]) await bondStake(await ledger.newcomer(key), 'node', parseOpen('100'))
    auditors = []
    for (let i = 0; i < 3; i++) {
      const account = newKey()
      const writer = await ledger.newcomer(account)
      await bondStake(writer, 'auditor', parseOpen('20'))
      await enrolAuditor(writer)
      auditors.push({ writer, account })
    }
    // Only who was enrolled in an earlier second than that of a summons may judge.
    await travel(2)
  }, 180_000)
  afterAll(async () => {
    await engine?.close()
    await ledger?.stop()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  /** What a node signs when it computes with one adapter and names another. */
  async function answer(node: LocalAccount, computed: Hex, named: Hex): Promise<{ statement: Receipt; opening: ExecutionOpening }> {
    const [salt, clientNonce, nodeSecret] = ['salt', 'nonce', 'secret'].map((word) => keccak(utf8(word + node.address))) as [Hex, Hex, Hex]
    const promptTokens = await engine.host.tokenize('who lives in the red house')
    const requestHash = tokenHash(salt, promptTokens)
    const sampling = { temperature: 0.8, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 12, stop: [], seed: samplingSeed(clientNonce, nodeCommitment(nodeSecret), requestHash) }
    const result = await engine.host.generate({ adapterId: computed, promptTokens, sampling, logitsHashes: true })
    const profile = engine.info.profile as never
    const shares = [{ payee: node.address, amount: 1n }]
    const statement: Receipt = {
      ...{ baseId: engine.info.id, adapterId: named, snapshotsHash: zeroHash, deploymentId: zeroHash, node: node.address, gateway: gatewayKey.address, channelId: zeroHash },
      ...{ requestHash, outputHash: tokenHash(salt, result.tokens), samplingHash: hashJson(sampling), inputTokens: promptTokens.length, outputTokens: result.tokens.length },
      ...{ fee: 1n, profileHash: hashJson(profile), fingerprintRoot: new OrderedTree(result.logitsHashes.map(fingerprintLeaf)).root, attributionRoot: zeroHash },
      ...{ shareRoot: new OrderedTree(shares.map(shareLeaf)).root, time: 1n, nonce: 1n },
    }
    const request = { salt, messages: '', promptTokens, sampling, clientNonce, nodeSecret }
    return { statement, opening: executionOpening({ request, answer: { text: '', tokens: result.tokens, logitsHashes: [], finishReason: 'length' }, profile }) }
  }

  async function settle(): Promise<{ truth: Hex; lie: Hex }> {
    const signed = async (key: LocalAccount, statement: Receipt) => ({ id: statementDigest(domain(), 'Receipt', statement), receipt: { statement, signature: await signStatement(key, domain(), 'Receipt', statement) }, shares: [{ payee: key.address, amount: 1n }] })
    const [truth, lie, mute] = [await answer(honest, right.id, right.id), await answer(liar, wrong.id, right.id), await answer(silent, right.id, right.id)]
    const receipts = [await signed(honest, truth.statement), await signed(liar, lie.statement)]
    answers.set(receipts[0]!.id, { receipt: truth.statement, opening: truth.opening }).set(receipts[1]!.id, { receipt: lie.statement, opening: lie.opening })
    for (let nonce = 0; nonce < silentAnswers; nonce++) receipts.push(await signed(silent, { ...mute.statement, nonce: BigInt(nonce) }))
    const ids = { truth: receipts[0]!.id, lie: receipts[1]!.id }
    receipts.sort((a, b) => (a.id < b.id ? -1 : 1))
    const built = buildEpoch(receipts.map(({ id, receipt, shares }) => ({ receiptId: id, node: receipt.statement.node, nonce: receipt.statement.nonce, shareRoot: receipt.statement.shareRoot, shares })), [])
    const { receiptsRoot, linesRoot, balancesRoot, total, lines, balances } = built
    const { epochs, chainId } = ledger.operator.addresses
    const epoch: EpochFile = { kind: 'openledger/epoch/1', chainId, epochs, gateway: gatewayKey.address, index: 0, previousBalances: [], receipts, lines, balances, total }
    const bytes = writeArtefact(epoch)
    await content.put(bytes)
    await ensureWopen(gateway, epochs, total)
    await sendCall(gateway, { name: 'credit', to: epochs, data: encodeFunctionData({ abi: epochsAbi, functionName: 'credit', args: [gatewayKey.address, total] }) })
    const dataHash = digestOfCid((await content.list())[0]!)
    await postEpoch(gateway, { index: 0n, receiptsRoot, linesRoot, balancesRoot, total, lineCount: lines.length, receiptCount: receipts.length, dataHash })
    return ids
  }

  it('leaves the honest node alone, and slashes the one that lied and the one that stays silent', async () => {
    const { truth, lie } = await settle()
    const watches = auditors.map((auditor, i) => watchOf(auditor, i === 0))
    const look = async (): Promise<void> => {
      for (const watch of watches) await watch.look()
    }
    for (const id of [truth, lie]) await challengeReceipt(accuser, await anchorReceipt(accuser, content, id))
    // Announce, take the seed, sample: each needs a block after the one before.
    for (let i = 0; i < 3; i++) {
      await look()
      await travel(1)
    }
    expect(said.join('\n')).toMatch(/of 702 receipts were drawn/)
    for (const id of [truth, lie]) {
      const { receipt, opening } = answers.get(id)!
      if ((await readExecutionCase(accuser, id))?.stage === 'summoned') await openExecution(gateway, receipt, opening)
    }
    await travel(1)
    await look()
    expect(said).toContain(`receipt ${truth}: committed to a verdict`)
    await travel(stage)
    // An auditor that was killed after its commitment reveals it all the same.
    watches[0] = watchOf(auditors[0]!, false)
    await look()
    expect(said.filter((line) => line === `receipt ${truth}: revealed right`)).toHaveLength(3)
    expect(said.filter((line) => line === `receipt ${lie}: revealed wrong`)).toHaveLength(3)
    await travel(2 * stage + 5)
    await look()
    expect(await readExecutionCase(accuser, truth)).toMatchObject({ stage: 'closed', verdict: 'right' })
    expect(await readExecutionCase(accuser, lie)).toMatchObject({ stage: 'closed', verdict: 'wrong' })
    expect(await bonded(honest.address)).toBe(parseOpen('100'))
    expect(await bonded(liar.address)).toBe(parseOpen('50'))
    expect(said.join('\n')).toMatch(new RegExp(`node ${silent.address} stayed silent`, 'i'))
    expect(await bonded(silent.address)).toBeLessThanOrEqual(parseOpen('50'))
    for (const { account } of auditors) expect((await readStake(accuser, account.address, 'auditor')).bonded).toBe(parseOpen('20'))
  }, 180_000)
})
