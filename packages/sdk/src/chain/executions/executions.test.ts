import { createTestClient, encodeFunctionData, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildEpoch,
  epochsAbi,
  executionOpening,
  hashJson,
  keccak,
  nodeCommitment,
  OrderedTree,
  parseOpen,
  receiptLeaf,
  samplingSeed,
  shareLeaf,
  signStatement,
  statementDigest,
  statementDomain,
  tokenHash,
  zeroHash,
  type ExecutionVerdict,
  type Hex,
  type Receipt,
} from '@openledger/protocol'
import { enrolAuditor } from '../agents/committeeVotes.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { postEpoch } from '../epochs/postEpoch.ts'
import { readEpoch } from '../epochs/readEpoch.ts'
import { bondStake } from '../stakes/bondStake.ts'
import { readStake } from '../stakes/readStake.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { openTestLedger, testParameters, type TestLedger } from '../testing/openTestLedger.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { readWopenBalance } from '../wopen/readWopenBalance.ts'
import { courtPlaces } from '../../money/courtPlaces.ts'
import type { AnchoredReceipt } from './AnchoredReceipt.ts'
import { announceDraw, drawnReceipts, readAuditTerms, readDraw, takeDrawSeed } from './drawReceipts.ts'
import { appealVerdict, commitVerdict, convictSilentAuditor, fundAudits, readAppealBond, readAuditFund, readAuditPay, revealVerdict, settleExecution, withdrawAuditPay } from './judgeExecution.ts'
import { findSummonsesTo } from './findCases.ts'
import { challengeCost, challengeReceipt, convictExecutionSilence, openExecution, sampleReceipt } from './openCase.ts'
import { readBallot, readExecutionCase, readExecutionRound, readMayJudge, readWouldBeDrawn } from './readExecutionCase.ts'

const id = (text: string): Hex => keccak(new TextEncoder().encode(text))
const newKey = () => privateKeyToAccount(generatePrivateKey())
const [nodeKey, gatewayKey] = [newKey(), newKey()]
const disputeWindow = 600
const stage = 200
const receiptCount = 1000
const promptTokens = [1, 2, 3]
const [salt, clientNonce, nodeSecret] = [id('salt'), id('nonce'), id('secret')]
const requestHash = tokenHash(salt, promptTokens)
const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 4, stop: [], seed: samplingSeed(clientNonce, nodeCommitment(nodeSecret), requestHash) }
const profile = { engine: 'test' }
const opening = executionOpening({ request: { salt, messages: '', promptTokens, sampling, clientNonce, nodeSecret }, answer: { text: '', tokens: [4], logitsHashes: [], finishReason: 'stop' }, profile })

// Windows of minutes are passed by setting the clock forward, which a chain of one's own does not allow.
describe.skipIf(anvilPath() === null || process.env.OPENLEDGER_TEST_RPC !== undefined)('the court of executions', () => {
  let ledger: TestLedger
  let node: LedgerWriter
  let gateway: LedgerWriter
  let accuser: LedgerWriter
  const auditors: LedgerWriter[] = []
  let receipts: { receiptId: Hex; statement: Receipt }[]
  let anchor: (receiptId: Hex) => Promise<AnchoredReceipt>
  let epochHash: Hex

  async function travel(seconds: number): Promise<void> {
    const client = createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) })
    await client.increaseTime({ seconds })
    await client.mine({ blocks: 1 })
  }
  const bonded = async (): Promise<bigint> => (await readStake(ledger.operator, nodeKey.address, 'node')).bonded
  const domain = () => statementDomain(ledger.operator.addresses.chainId, ledger.operator.addresses.epochs)

  beforeAll(async () => {
    ledger = await openTestLedger({ ...testParameters, disputeWindow, stakeThaw: 2 * disputeWindow })
    await travel(2 * disputeWindow)
    ;[node, gateway, accuser] = await Promise.all([ledger.newcomer(nodeKey), ledger.newcomer(gatewayKey), ledger.newcomer(newKey())])
    await bondStake(gateway, 'gateway', parseOpen('40'))
    await bondStake(node, 'node', parseOpen('100'))
    for (let i = 0; i < 3; i++) {
      const auditor = await ledger.newcomer(newKey())
      await bondStake(auditor, 'auditor', parseOpen('20'))
      await enrolAuditor(auditor)
      auditors.push(auditor)
    }
    // Only who was enrolled in an earlier second than that in which an answer is opened may judge it.
    await travel(2)
    const { epochs } = ledger.operator.addresses
    await ensureWopen(gateway, epochs, 1000n)
    await sendCall(gateway, { name: 'credit', to: epochs, data: encodeFunctionData({ abi: epochsAbi, functionName: 'credit', args: [gatewayKey.address, 1000n] }) })
    const shares = [{ payee: nodeKey.address, amount: 1n }]
    const shareRoot = new OrderedTree(shares.map(shareLeaf)).root
    const statement = (nonce: bigint): Receipt => ({
      ...{ baseId: id('base'), adapterId: zeroHash, snapshotsHash: zeroHash, deploymentId: id('deployment'), node: nodeKey.address, gateway: gatewayKey.address, channelId: id('channel') },
      ...{ requestHash, outputHash: tokenHash(salt, [4]), samplingHash: hashJson(sampling), inputTokens: 3, outputTokens: 1, fee: 1n, profileHash: hashJson(profile) },
      ...{ fingerprintRoot: id('fingerprint'), attributionRoot: zeroHash, shareRoot, time: 1n, nonce },
    })
    receipts = Array.from({ length: receiptCount }, (_, i) => ({ receiptId: statementDigest(domain(), 'Receipt', statement(BigInt(i))), statement: statement(BigInt(i)) }))
    const settled = receipts.map(({ receiptId }, i) => ({ receiptId, node: nodeKey.address, nonce: BigInt(i), shareRoot, shares }))
    const { receiptsRoot, linesRoot, balancesRoot, total, lines } = buildEpoch(settled, [])
    const sorted = receipts.map(({ receiptId }) => receiptId).sort()
    const tree = new OrderedTree(sorted.map((receiptId) => receiptLeaf({ receiptId, shareRoot })))
    expect(tree.root).toBe(receiptsRoot)
    await postEpoch(gateway, { index: 0n, receiptsRoot, linesRoot, balancesRoot, total, lineCount: lines.length, receiptCount, dataHash: zeroHash })
    const found = (await readEpoch(gateway, gatewayKey.address, 0n))!
    epochHash = found.epochHash
    anchor = async (receiptId) => {
      const signed = receipts.find((r) => r.receiptId === receiptId)!.statement
      const signature = await signStatement(nodeKey, domain(), 'Receipt', signed)
      return { gateway: gatewayKey.address, epoch: found.header, opening: { leaf: { receiptId, shareRoot }, proof: tree.prove(sorted.indexOf(receiptId)) }, receipt: { statement: signed, signature } }
    }
  }, 120_000)
  afterAll(() => ledger?.stop())

  async function judge(receiptId: Hex, said: readonly ExecutionVerdict[]): Promise<void> {
    const { number, round } = (await readExecutionCase(accuser, receiptId))!
    const voters = auditors.slice(0, said.length).map((writer, i) => ({ writer, vote: { receiptId, number, round, verdict: said[i]!, salt: id(`salt ${i}`) } }))
    for (const { writer, vote } of voters) expect(await commitVerdict(writer, vote)).toBe(true)
    await travel(stage + 2)
    for (const { writer, vote } of voters) await revealVerdict(writer, vote)
    await travel(stage + 2)
  }

  it('refuses what was not drawn, and acquits an honest node of a false accusation, which pays for it', async () => {
    const [honest, other] = [receipts[0]!, receipts[1]!]
    const { receiptId } = honest
    await expect(sampleReceipt(accuser, await anchor(receiptId))).rejects.toMatchObject({ code: 'NOT_SAMPLED' })
    const cost = await challengeCost(accuser)
    expect(cost).toBe(parseOpen('0.5') + 3n * (await readAuditTerms(accuser)).fee)
    await challengeReceipt(accuser, await anchor(receiptId))
    expect(await readExecutionCase(accuser, receiptId)).toMatchObject({ stage: 'summoned', node: nodeKey.address, drawn: false, deposit: cost, number: 1n })
    const standing = [{ name: 'ExecutionCourt.ExecutionSummoned', args: { receiptId }, time: 1, transaction: zeroHash }]
    const placesOf = (writer: LedgerWriter) => courtPlaces(writer, writer.walletClient.account.address, standing)
    expect(await placesOf(accuser)).toMatchObject([{ kind: 'deposit', id: `execution, ${receiptId}`, paidIn: cost, held: cost, free: 0n, moves: [{ amount: cost }] }])
    expect(await placesOf(node)).toEqual([])
    const newest = await accuser.publicClient.getBlockNumber({ cacheTime: 0 })
    expect(await findSummonsesTo(accuser, nodeKey.address, 0n, newest)).toEqual([{ receiptId, number: 1n }])
    expect(await findSummonsesTo(accuser, gatewayKey.address, 0n, newest)).toEqual([])
    await expect(openExecution(node, other.statement, opening)).rejects.toMatchObject({ code: 'WRONG_STAGE' })
    await expect(openExecution(node, honest.statement, { ...opening, answerTokens: '0x00000005' })).rejects.toMatchObject({ code: 'WRONG_OPENING' })
    await openExecution(node, honest.statement, opening)
    await createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) }).mine({ blocks: 1 })
    const round = await readExecutionRound(accuser, receiptId, 0)
    const auditor = auditors[0]!.walletClient.account.address
    expect(await readMayJudge(accuser, receiptId, auditor)).toBe(true)
    expect(await readMayJudge(accuser, receiptId, nodeKey.address)).toBe(false)
    expect(await readWouldBeDrawn(accuser, receiptId, 0, round, auditor)).toBe(true)
    await judge(receiptId, ['right', 'right', 'wrong'])
    expect(await readBallot(accuser, receiptId, 0, auditor)).toMatchObject({ vote: 'right' })
    await expect(settleExecution(accuser, receiptId)).rejects.toMatchObject({ code: 'TOO_EARLY' })
    await travel(stage + 2)
    expect(await settleExecution(accuser, receiptId)).toBe('right')
    expect(await bonded()).toBe(parseOpen('100'))
    expect(await readAuditPay(accuser, accuser.walletClient.account.address)).toBe(0n)
    expect(await placesOf(accuser)).toEqual([])
    const back = cost - 2n * parseOpen('0.2')
    expect(await placesOf(node)).toMatchObject([{ kind: 'deposit', id: 'execution, owed', earned: back, held: back, free: back }])
    const before = await readWopenBalance(node, nodeKey.address)
    await withdrawAuditPay(node)
    expect(await readWopenBalance(node, nodeKey.address)).toBe(before + cost - 2n * parseOpen('0.2'))
  }, 60_000)

  it('slashes a node whose answer the beacon drew and which stays silent, or is wrong', async () => {
    // The first case took the whole window: the same receipts stand in a new epoch's place only if it is open, so time is set before it by a fresh post.
    const { header } = (await readEpoch(gateway, gatewayKey.address, 0n))!
    await postEpoch(gateway, { ...header, index: 1n, total: 0n })
    const fresh = (await readEpoch(gateway, gatewayKey.address, 1n))!
    const anchorNow = async (receiptId: Hex): Promise<AnchoredReceipt> => ({ ...(await anchor(receiptId)), epoch: fresh.header })
    expect(await readDraw(accuser, epochHash)).toBeNull()
    await announceDraw(accuser, gatewayKey.address, fresh.header)
    await createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) }).mine({ blocks: 1 })
    expect(await takeDrawSeed(accuser, fresh.epochHash)).toBe(true)
    const drawn = drawnReceipts((await readDraw(accuser, fresh.epochHash))!, receipts.slice(2).map((r) => r.receiptId))
    expect(drawn.length).toBeGreaterThan(0)
    await fundAudits(accuser, parseOpen('10'))
    const [first] = drawn
    await sampleReceipt(accuser, await anchorNow(first!))
    expect(await readAuditFund(accuser)).toBe(parseOpen('9.4'))
    const lied = receipts.find((r) => r.receiptId !== receipts[0]!.receiptId && !drawn.includes(r.receiptId))!
    await challengeReceipt(accuser, await anchorNow(lied.receiptId))
    await openExecution(node, lied.statement, opening)
    await travel(1)
    const { number, round } = (await readExecutionCase(accuser, lied.receiptId))!
    for (const [i, writer] of auditors.entries()) await commitVerdict(writer, { receiptId: lied.receiptId, number, round, verdict: 'wrong', salt: id(String(i)) })
    await travel(stage + 2)
    await convictExecutionSilence(gateway, first!)
    expect(await bonded()).toBe(parseOpen('50'))
    expect(await readAuditFund(accuser)).toBe(parseOpen('10'))
    for (const [i, writer] of auditors.slice(0, 2).entries()) await revealVerdict(writer, { receiptId: lied.receiptId, verdict: 'wrong', salt: id(String(i)) })
    await travel(stage + 2)
    const silent = auditors[2]!.walletClient.account.address
    await convictSilentAuditor(accuser, lied.receiptId, 0, silent)
    expect((await readStake(accuser, silent, 'auditor')).bonded).toBe(parseOpen('19'))
    expect(await readAppealBond(node, lied.receiptId)).toBe(parseOpen('1') + 7n * parseOpen('0.2'))
    await appealVerdict(node, lied.receiptId)
    await travel(3 * stage + 5)
    expect(await settleExecution(accuser, lied.receiptId)).toBe('wrong')
    expect(await bonded()).toBe(parseOpen('25'))
    // Nobody judged the appeal: the bond is back, and the verdict stands.
    expect(await readAuditPay(accuser, nodeKey.address)).toBe(parseOpen('2.4'))
  }, 60_000)
})
