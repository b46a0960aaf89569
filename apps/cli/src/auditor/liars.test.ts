import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { judgeExecution, type ExecutionFinding } from '@openledger/audit'
import { MemoryStore } from '@openledger/datanet'
import { makeAdapter, ModelTokenizer, writePeftFolder, type Adapter, type AdapterBase } from '@openledger/engine'
import { writeTinyModel } from '@openledger/engine/fixtures'
import {
  auditsToFind,
  buildEpoch,
  digestOfCid,
  epochsAbi,
  executionOpening,
  fingerprintLeaf,
  hashJson,
  keccak,
  measuredDetection,
  OrderedTree,
  parseOpen,
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
import { bondStake, challengeReceipt, enrolAuditor, ensureWopen, openExecution, postEpoch, readExecutionCase, readStake, sendCall, type LedgerWriter } from '@openledger/sdk'
import { createTestClient, encodeFunctionData, http, type LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { honest, lies, type Lie } from '../bench/sensitivity/lies.ts'
import { makeClaim, type Claim } from '../bench/sensitivity/measure/makeClaim.ts'
import { NodeEngines } from '../bench/sensitivity/measure/NodeEngines.ts'
import { halveRank, scaleAlpha } from '../bench/sensitivity/world/changedAdapters.ts'
import type { SensitivityWorld } from '../bench/sensitivity/world/openSensitivityWorld.ts'
import { anchorReceipt } from './anchorReceipt.ts'
import { AuditorWatch } from './AuditorWatch.ts'

type TestLedger = { operator: LedgerWriter; rpcUrl: string; newcomer(account: LocalAccount): Promise<LedgerWriter>; stop(): Promise<void> }
type Testing = { openTestLedger(parameters: object): Promise<TestLedger>; testParameters: object; anvilPath(): string | null }
const file = (name: string): string => new URL(`../../../../packages/${name}`, import.meta.url).href
const { anvilPath } = (await import(file('sdk/src/chain/testing/startAnvil.ts'))) as Testing

const disputeWindow = 6_000
const stage = disputeWindow / 3
const newKey = () => privateKeyToAccount(generatePrivateKey())
const maxTokens = 24
/** What the bond rule counts on across instruction sets: within so many audits nineteen of twenty liars are found. Within the profile one audit does. */
const audits = auditsToFind({ detectionPpm: measuredDetection.otherProfilePpm })
const auditsInProfile = auditsToFind({ detectionPpm: measuredDetection.sameProfilePpm })

/** A node of the network, what it lies about, and the CPU build that it computes with. */
type Node = { lie: Lie; key: LocalAccount; build: string; answers: number }
type Answer = { node: Node; id: Hex; receipt: Receipt; opening: ExecutionOpening; signature: Hex }

/** A weight file of random weights in several encodings, and adapters of random factors: the lies are those of the bench, told with a smaller model. */
async function tinyWorld(folder: string): Promise<SensitivityWorld> {
  const bases: SensitivityWorld['bases'] = { declared: path.join(folder, 'declared.gguf'), Q5_1: path.join(folder, 'Q5_1.gguf'), Q4_0: path.join(folder, 'Q4_0.gguf') }
  writeTinyModel(bases.declared, { type: 'Q8_0' })
  writeTinyModel(bases.Q5_1, { type: 'Q5_1' })
  writeTinyModel(bases.Q4_0, { type: 'Q4_0' })
  const { randomAdapter } = (await import(file('engine/src/fixtures/randomAdapter.ts'))) as { randomAdapter(base: AdapterBase, options: { seed: number }): Adapter }
  const adapters: SensitivityWorld['adapters'] = { declared: {}, Q5_1: {}, Q4_0: {} }
  for (const [name, base] of Object.entries(bases) as [keyof typeof bases, string][]) {
    const opened = await ModelTokenizer.open(base)
    const right = randomAdapter(opened, { seed: 1 })
    const made = { right, ...(name === 'declared' && { other: randomAdapter(opened, { seed: 2 }), 'alpha 0.8': scaleAlpha(right, 0.8, opened), 'alpha 0.9': scaleAlpha(right, 0.9, opened), 'alpha 0.95': scaleAlpha(right, 0.95, opened), 'half rank': halveRank(right, opened) }) }
    for (const [choice, adapter] of Object.entries(made)) {
      const place = path.join(folder, `${name} ${choice}`)
      writePeftFolder(place, makeAdapter(adapter.config, adapter.layers, opened), opened)
      adapters[name][choice as keyof typeof made] = place
    }
    opened.dispose()
  }
  const records = ['the river', 'the old mill', 'the red house', 'the miller'].map((what) => ({ contributor: 'a', prompt: `who lives in ${what}?`, completion: `nobody lives in ${what}` }))
  return { records, bases, adapters, folder }
}

/** Each row of the table of lies as a node that is bonded in earnest; auditors execute what is challenged, contracts judge. */
describe.skipIf(anvilPath() === null || process.arch !== 'x64')('nodes that lie', () => {
  let folder: string
  let ledger: TestLedger
  let gateway: LedgerWriter
  let accuser: LedgerWriter
  const gatewayKey = newKey()
  const content = new MemoryStore()
  const engines: Record<string, NodeEngines> = {}
  const found: Answer[] = []
  const auditors: { writer: LedgerWriter; account: LocalAccount }[] = []
  const findings = new Map<Hex, Promise<ExecutionFinding>>()
  const named = (name: string): Lie => lies.find((lie) => lie.name === name)!
  // What grinds seeds computes rightly: what stops it is the commitment that a client holds (see checkReceipt).
  const inProfile = lies.filter(({ twist }) => twist !== 'chosen seed').map((lie): Node => ({ lie, key: newKey(), build: 'haswell', answers: auditsInProfile }))
  const across = [honest, named('alpha × 0.95'), named('tokens of the bare base, right prefill')].map((lie): Node => ({ lie, key: newKey(), build: 'sse42', answers: audits }))
  const nodes: Node[] = [{ lie: honest, key: newKey(), build: 'haswell', answers: 1 }, ...inProfile, ...across]

  const travel = async (seconds: number): Promise<void> => {
    const client = createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) })
    await client.increaseTime({ seconds })
    await client.mine({ blocks: 2 })
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'openledger-liars-'))
    const world = await tinyWorld(folder)
    for (const build of ['haswell', 'sse42']) engines[build] = new NodeEngines(world, build, 1)
    const { openTestLedger, testParameters } = (await import(file('sdk/src/chain/testing/openTestLedger.ts'))) as Testing
    ledger = await openTestLedger({ ...testParameters, disputeWindow, stakeThaw: 2 * disputeWindow })
    await travel(2 * disputeWindow)
    // Who brings so many newcomers needs more than a test's chain begins with.
    await createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) }).setBalance({ address: ledger.operator.walletClient.account.address, value: parseOpen('100000') })
    gateway = await ledger.newcomer(gatewayKey)
    accuser = await ledger.newcomer(newKey())
    await bondStake(gateway, 'gateway', parseOpen('40'))
    for (const { key } of nodes) await bondStake(await ledger.newcomer(key), 'node', parseOpen('100'))
    for (let i = 0; i < 3; i++) {
      const account = newKey()
      const writer = await ledger.newcomer(account)
      await bondStake(writer, 'auditor', parseOpen('20'))
      await enrolAuditor(writer)
      auditors.push({ writer, account })
    }
    await travel(2)
    const domain = statementDomain(ledger.operator.addresses.chainId, ledger.operator.addresses.epochs)
    for (const node of nodes) {
      for (let number = 0; found.filter((answer) => answer.node === node).length < node.answers; number++) {
        const claim = await makeClaim(world, engines[node.build]!, node.lie, { number, question: number }, { maxTokens, fingerprints: false })
        // An answer that comes out as the right one, or empty, is no lie.
        if (claim === null || (node.lie !== honest && (await comesOutTrue(claim, node)))) continue
        const { receipt, opening } = await receiptOf(claim, node, number)
        found.push({ node, receipt, opening, id: statementDigest(domain, 'Receipt', receipt), signature: await signStatement(node.key, domain, 'Receipt', receipt) })
      }
    }
  }, 400_000)
  afterAll(async () => {
    await Promise.all(Object.values(engines).map((opened) => opened.close()))
    await ledger?.stop()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  async function comesOutTrue({ promptTokens, sampling, tokens, logitsHashes }: Claim, { build }: Node): Promise<boolean> {
    const { host, idOf } = await engines[build]!.over('declared')
    const again = await host.generate({ adapterId: idOf('right'), promptTokens, sampling, logprobs: false, logitsHashes: true })
    return again.tokens.join() === tokens.join() && again.logitsHashes.join() === logitsHashes.join()
  }

  /** What a node signs: it names the right base and adapter, whatever it computed with. */
  async function receiptOf({ salt, clientNonce, nodeSecret, promptTokens, sampling, tokens, logitsHashes }: Claim, { key, build }: Node, number: number): Promise<{ receipt: Receipt; opening: ExecutionOpening }> {
    const { info, idOf } = await engines[build]!.over('declared')
    const profile = info.profile as never
    const receipt: Receipt = {
      ...{ baseId: info.id, adapterId: idOf('right')!, snapshotsHash: zeroHash, deploymentId: zeroHash, node: key.address, gateway: gatewayKey.address, channelId: zeroHash },
      ...{ requestHash: tokenHash(salt, promptTokens), outputHash: tokenHash(salt, tokens), samplingHash: hashJson(sampling), inputTokens: promptTokens.length, outputTokens: tokens.length },
      ...{ fee: 1n, profileHash: hashJson(profile), fingerprintRoot: new OrderedTree(logitsHashes.map(fingerprintLeaf)).root, attributionRoot: zeroHash },
      ...{ shareRoot: new OrderedTree([{ payee: key.address, amount: 1n }].map(shareLeaf)).root, time: 1n, nonce: BigInt(number) },
    }
    const request = { salt, messages: '', promptTokens, sampling, clientNonce, nodeSecret }
    return { receipt, opening: executionOpening({ request, answer: { text: '', tokens, logitsHashes: [], finishReason: 'length' }, profile }) }
  }

  async function settle(): Promise<void> {
    const receipts = found.map(({ id, receipt, signature, node }) => ({ id, receipt: { statement: receipt, signature }, shares: [{ payee: node.key.address, amount: 1n }] })).sort((a, b) => (a.id < b.id ? -1 : 1))
    const { receiptsRoot, linesRoot, balancesRoot, total, lines, balances } = buildEpoch(receipts.map(({ id, receipt, shares }) => ({ receiptId: id, node: receipt.statement.node, nonce: receipt.statement.nonce, shareRoot: receipt.statement.shareRoot, shares })), [])
    const { epochs, chainId } = ledger.operator.addresses
    const epoch: EpochFile = { kind: 'openledger/epoch/1', chainId, epochs, gateway: gatewayKey.address, index: 0, previousBalances: [], receipts, lines, balances, total }
    await content.put(writeArtefact(epoch))
    await ensureWopen(gateway, epochs, total)
    await sendCall(gateway, { name: 'credit', to: epochs, data: encodeFunctionData({ abi: epochsAbi, functionName: 'credit', args: [gatewayKey.address, total] }) })
    await postEpoch(gateway, { index: 0n, receiptsRoot, linesRoot, balancesRoot, total, lineCount: lines.length, receiptCount: receipts.length, dataHash: digestOfCid((await content.list())[0]!) })
  }

  it('are slashed within the audits that the bond rule counts on, and the honest ones are not', async () => {
    await settle()
    for (const { id, receipt, opening } of found) {
      await challengeReceipt(accuser, await anchorReceipt(accuser, content, id))
      await openExecution(gateway, receipt, opening)
    }
    const watches = auditors.map(
      ({ writer, account }) =>
        new AuditorWatch({
          writer,
          sample: false,
          salt: async (words) => keccak(utf8(await account.signMessage({ message: words }))),
          // All three compute with one machine: what they find is the same, so it is computed once.
          judge: (receipt, opening) => {
            const key = hashJson([receipt.outputHash, receipt.requestHash, receipt.node])
            findings.set(key, findings.get(key) ?? engines.haswell!.over('declared').then((engine) => judgeExecution(receipt, opening, engine)))
            return findings.get(key)!
          },
          epochFile: async () => undefined,
          say: () => undefined,
        }),
    )
    for (const seconds of [1, stage, 2 * stage + 5, 1]) {
      await travel(seconds)
      for (const watch of watches) await watch.look()
    }
    const verdicts = new Map<Node, string[]>()
    for (const { node, id } of found) verdicts.set(node, [...(verdicts.get(node) ?? []), (await readExecutionCase(accuser, id))!.verdict])
    for (const node of nodes) {
      const { bonded } = await readStake(accuser, node.key.address, 'node')
      const what = `${node.lie.name} on ${node.build}: ${verdicts.get(node)!.join(', ')}`
      expect(verdicts.get(node), what).toHaveLength(node.answers)
      if (node.lie === honest) {
        expect(verdicts.get(node), what).not.toContain('wrong')
        expect(bonded, what).toBe(parseOpen('100'))
      } else {
        expect(verdicts.get(node), what).toContain('wrong')
        expect(bonded, what).toBeLessThanOrEqual(parseOpen('50'))
      }
    }
  }, 400_000)
})
