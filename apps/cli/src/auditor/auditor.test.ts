import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AuditEngine, judgeExecution } from '@openledger/audit'
import { MemoryStore } from '@openledger/datanet'
import { ModelTokenizer, writePeftFolder, type Adapter, type AdapterBase } from '@openledger/engine'
import { writeTinyModel } from '@openledger/engine/fixtures'
import {
  epochFileSchema,
  keccak,
  nodeCommitment,
  parseOpen,
  readArtefact,
  samplingSeed,
  signStatement,
  statementDigest,
  statementDomain,
  tokenHash,
  utf8,
  zeroHash,
  type ExecutionOpening,
  type Hex,
  type Receipt,
} from '@openledger/protocol'
import { challengeReceipt, openExecution, readEpoch, readExecutionCase, readStake, type LedgerWriter } from '@openledger/sdk'
import { type Address, type LocalAccount } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anvilPath, newKey, openAuditLedger, packageFile, receiptOfClaim, settleClaims, type AuditLedger, type Auditor } from '../testing/openAuditLedger.ts'
import { anchorReceipt } from './anchorReceipt.ts'
import { AuditorWatch } from './AuditorWatch.ts'

const disputeWindow = 600
const stage = disputeWindow / 3
const silentAnswers = 700
const [honest, liar, silent, gatewayKey] = [newKey(), newKey(), newKey(), newKey()]

/** An honest node, one that answers with another adapter, one that never opens anything; auditors who execute what they are drawn for. */
describe.skipIf(anvilPath() === null)('sampling audits end to end', () => {
  let folder: string
  let engine: AuditEngine
  let ledger: AuditLedger
  let gateway: LedgerWriter
  let accuser: LedgerWriter
  let auditors: Auditor[]
  const content = new MemoryStore()
  const said: string[] = []
  const answers = new Map<Hex, { receipt: Receipt; opening: ExecutionOpening }>()
  const [right, wrong] = [{ id: zeroHash as Hex }, { id: zeroHash as Hex }]

  const travel = (seconds: number): Promise<void> => ledger.travel(seconds)
  const bonded = async (account: Address) => (await readStake(ledger.operator, account, 'node')).bonded
  const domain = () => statementDomain(ledger.operator.addresses.chainId, ledger.operator.addresses.epochs)
  const watchOf = ({ writer, account }: Auditor, sample: boolean) =>
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
    const { randomAdapter } = (await import(packageFile('engine/src/fixtures/randomAdapter.ts'))) as { randomAdapter(base: AdapterBase, options: { seed: number }): Adapter }
    const base = await ModelTokenizer.open(modelPath)
    for (const [seed, adapter] of [right, wrong].entries()) {
      const place = path.join(folder, `adapter-${seed}`)
      writePeftFolder(place, randomAdapter(base, { seed: seed + 1 }), base)
      adapter.id = await engine.host.registerAdapter(place)
    }
    base.dispose()
    ledger = await openAuditLedger({ disputeWindow, gatewayKey, nodeKeys: [honest, liar, silent] })
    ;({ gateway, accuser, auditors } = ledger)
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
    const claim = { salt, clientNonce, nodeSecret, promptTokens, sampling, tokens: result.tokens, logitsHashes: result.logitsHashes, profile: engine.info.profile as never }
    const { receipt: statement, opening } = receiptOfClaim({ ...claim, baseId: engine.info.id, adapterId: named, node: node.address, gateway: gatewayKey.address, nonce: 1n })
    return { statement, opening }
  }

  async function settle(): Promise<{ truth: Hex; lie: Hex }> {
    const signed = async (key: LocalAccount, statement: Receipt) => ({ id: statementDigest(domain(), 'Receipt', statement), receipt: statement, signature: await signStatement(key, domain(), 'Receipt', statement) })
    const [truth, lie, mute] = [await answer(honest, right.id, right.id), await answer(liar, wrong.id, right.id), await answer(silent, right.id, right.id)]
    const receipts = [await signed(honest, truth.statement), await signed(liar, lie.statement)]
    answers.set(receipts[0]!.id, { receipt: truth.statement, opening: truth.opening }).set(receipts[1]!.id, { receipt: lie.statement, opening: lie.opening })
    for (let nonce = 0; nonce < silentAnswers; nonce++) receipts.push(await signed(silent, { ...mute.statement, nonce: BigInt(nonce) }))
    await settleClaims(ledger, content, receipts)
    return { truth: receipts[0]!.id, lie: receipts[1]!.id }
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
