import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { createTestClient, encodeFunctionData, http } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildEpoch, epochsAbi, EpochTrees, keccak, OrderedTree, parseOpen, shareLeaf, signStatement, statementDigest, statementDomain, zeroHash, type EpochFile, type Hex, type Receipt } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { EpochHeader } from '../epochs/EpochHeader.ts'
import { makeEpochRoom } from '../epochs/makeEpochRoom.ts'
import { postEpoch } from '../epochs/postEpoch.ts'
import { readEpoch } from '../epochs/readEpoch.ts'
import { readEpochCover } from '../epochs/readEpochCover.ts'
import { bondStake } from '../stakes/bondStake.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { openTestLedger, testParameters, type TestLedger } from '../testing/openTestLedger.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { accuseEpoch } from './accuseEpoch.ts'
import { challengeEpoch, type EpochClaim } from './challengeEpoch.ts'
import { courtPlaces } from '../../money/courtPlaces.ts'
import { convictWithheld, demandEntry, readDemand, revealEntry, withdrawDemand } from './demandEntry.ts'

const id = (text: string): Hex => keccak(new TextEncoder().encode(text))
const gatewayKey = privateKeyToAccount(generatePrivateKey())
const nodeKey = privateKeyToAccount(generatePrivateKey())
const payees = [1, 2, 3].map((n) => `0x${String(n).repeat(40)}` as const)
const disputeWindow = 600

// Windows of minutes are passed by setting the clock forward, which a chain of one's own does not allow.
describe.skipIf(anvilPath() === null || process.env.OPENLEDGER_TEST_RPC !== undefined)('the court of epochs', () => {
  let ledger: TestLedger
  let gateway: LedgerWriter
  let accuser: LedgerWriter
  let file: EpochFile

  beforeAll(async () => {
    ledger = await openTestLedger({ ...testParameters, disputeWindow, stakeThaw: 2 * disputeWindow })
    // The court is the second that is registered: it is in force after the stake thaw.
    await travel(2 * disputeWindow)
    gateway = await ledger.newcomer(gatewayKey)
    accuser = await ledger.newcomer(privateKeyToAccount(generatePrivateKey()))
    await bondStake(gateway, 'gateway', parseOpen('40'))
    const { epochs, chainId } = ledger.operator.addresses
    await ensureWopen(gateway, epochs, 1_000n)
    await sendCall(gateway, { name: 'credit', to: epochs, data: encodeFunctionData({ abi: epochsAbi, functionName: 'credit', args: [gatewayKey.address, 1_000n] }) })
    file = await epochOf(chainId, epochs)
  }, 60_000)
  afterAll(() => ledger?.stop())

  async function travel(seconds: number): Promise<void> {
    const client = createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) })
    await client.increaseTime({ seconds })
    await client.mine({ blocks: 1 })
  }

  /** Two answers, each of which pays all payees. */
  async function epochOf(chainId: number, epochs: Hex): Promise<EpochFile> {
    const domain = statementDomain(chainId, epochs)
    const shares = payees.map((payee, i) => ({ payee, amount: BigInt(10 + i) }))
    const shareRoot = new OrderedTree(shares.map(shareLeaf)).root
    const names = { baseId: id('base'), adapterId: zeroHash, snapshotsHash: zeroHash, deploymentId: id('d'), node: nodeKey.address, gateway: gatewayKey.address, channelId: id('c'), requestHash: id('q'), outputHash: id('o'), samplingHash: id('s') }
    const receipts = await Promise.all(
      [1n, 2n].map(async (nonce) => {
        const statement: Receipt = { ...names, inputTokens: 1, outputTokens: 2, fee: 33n, profileHash: id('p'), fingerprintRoot: id('f'), attributionRoot: zeroHash, shareRoot, time: 1n, nonce }
        return { id: statementDigest(domain, 'Receipt', statement), receipt: { statement, signature: await signStatement(nodeKey, domain, 'Receipt', statement) }, shares }
      }),
    )
    receipts.sort((a, b) => (a.id < b.id ? -1 : 1))
    const { lines, balances, total } = buildEpoch(receipts.map((r) => ({ receiptId: r.id, node: nodeKey.address, nonce: r.receipt.statement.nonce, shareRoot, shares })), [])
    return { kind: 'openledger/epoch/1', chainId, epochs, gateway: gatewayKey.address, index: 0, previousBalances: [], receipts, lines, balances, total }
  }

  async function post(change: Partial<EpochFile> = {}, header: Partial<EpochHeader> = {}): Promise<{ trees: EpochTrees; epoch: EpochHeader }> {
    const trees = new EpochTrees({ ...file, ...change })
    const { receiptsRoot, linesRoot, balancesRoot } = trees
    const { lines, receipts, total } = trees.file
    const index = (await readEpoch(gateway, gatewayKey.address, 0n)) ? 1n : 0n
    const epoch = await postEpoch(gateway, { index, receiptsRoot, linesRoot, balancesRoot, total, lineCount: lines.length, receiptCount: receipts.length, dataHash: id('file'), ...header })
    return { trees, epoch }
  }

  const accuse = (epoch: EpochHeader, claim: EpochClaim): Promise<boolean> => challengeEpoch(accuser, gatewayKey.address, epoch, claim)

  it('lets an honest epoch stand, shows what is demanded, and gives deposits back', async () => {
    const { trees, epoch } = await post()
    const [first, receipt] = [trees.line(0), trees.receipt(0)]
    const { receiptId, payee } = first.line
    expect(await accuse(epoch, { name: 'total', last: [trees.line(5)] })).toBe(false)
    expect(await accuse(epoch, { name: 'receipts', first: receipt, second: trees.receipt(1) })).toBe(false)
    expect(await accuse(epoch, { name: 'repeated-receipt', here: receipt, earlier: epoch, there: receipt })).toBe(false)
    expect(await accuse(epoch, { name: 'misplaced-receipt', opening: receipt, receipt: file.receipts[0]!.receipt.statement })).toBe(false)
    expect(await accuse(epoch, { name: 'foreign-line', line: first, receipt: trees.findReceipt(receiptId), share: trees.findShare(receiptId, payee) })).toBe(false)
    expect(await accuse(epoch, { name: 'missing-line', receipt, share: trees.findShare(receipt.leaf.receiptId, payee)[0]!, lines: trees.findLine(payee, receipt.leaf.receiptId) })).toBe(false)

    const demands = (['receipts', 'lines', 'balances'] as const).map((list) => ({ gateway: gatewayKey.address, epoch, list, place: 1 }))
    for (const demand of demands) await demandEntry(accuser, demand)
    const { epochHash } = (await readEpoch(accuser, gatewayKey.address, 0n))!
    expect(await readDemand(accuser, epochHash, 'lines', 1)).toMatchObject({ accuser: accuser.walletClient.account.address, deposit: testParameters.challengeDeposit })
    const event = { name: 'EpochCourt.Demanded', args: { gateway: demands[0]!.gateway, index: String(demands[0]!.epoch.index), list: 1, place: '1' }, time: 1, transaction: epochHash }
    const held = testParameters.challengeDeposit
    expect(await courtPlaces(accuser, accuser.walletClient.account.address, [event])).toMatchObject([{ kind: 'deposit', paidIn: held, held, free: 0n }])
    expect(await courtPlaces(accuser, demands[0]!.gateway, [event])).toEqual([])
    const entry = file.receipts[1]!
    await expect(revealEntry(gateway, demands[0]!, { list: 'receipts', opening: trees.receipt(1), signed: entry, shares: [] })).rejects.toMatchObject({ code: 'NOT_THE_ENTRY' })
    await revealEntry(gateway, demands[0]!, { list: 'receipts', opening: trees.receipt(1), signed: entry, shares: entry.shares })
    await revealEntry(gateway, demands[1]!, { list: 'lines', opening: trees.line(1) })
    await revealEntry(gateway, demands[2]!, { list: 'balances', opening: trees.balance(1) })
    for (const { list } of demands) expect(await readDemand(accuser, epochHash, list, 1)).toBeNull()
    await expect(withdrawDemand(accuser, demands[1]!)).rejects.toMatchObject({ code: 'NOT_DEMANDED' })
  }, 60_000)

  it('voids an epoch whose data is withheld, and the next one takes its place', async () => {
    const { epoch } = await post()
    const demand = { gateway: gatewayKey.address, epoch, list: 'lines', place: 0 } as const
    await demandEntry(accuser, demand)
    await travel(disputeWindow / 3 + 1)
    await convictWithheld(accuser, demand)
    expect(await readEpoch(accuser, gatewayKey.address, 1n)).toBeNull()
    await bondStake(gateway, 'gateway', parseOpen('20'))
  }, 60_000)

  it.each<[string, (f: EpochFile) => Partial<EpochFile>, (t: EpochTrees, f: EpochFile, earlier: EpochHeader) => EpochClaim]>([
    ['a total', (f) => ({ total: f.total + 1n }), (t) => ({ name: 'total', last: [t.line(5)] })],
    ['the order of receipts', (f) => ({ receipts: [...f.receipts].reverse() }), (t) => ({ name: 'receipts', first: t.receipt(0), second: t.receipt(1) })],
    ['a receipt that was settled before', () => ({}), (t, _, earlier) => ({ name: 'repeated-receipt', here: t.receipt(0), earlier, there: t.receipt(0) })],
    ['a line of nobody', (f) => ({ lines: f.lines.map((l, i) => (i === 5 ? { ...l, payee: `0x${'9'.repeat(40)}` } : l)) }), (t) => {
      const line = t.line(5)
      return { name: 'foreign-line', line, receipt: t.findReceipt(line.line.receiptId), share: t.findShare(line.line.receiptId, line.line.payee) }
    }],
    ['a line that is missing', (f) => ({ lines: f.lines.slice(0, 5) }), (t, f) => {
      const { payee, receiptId } = f.lines[5]!
      const place = f.receipts.findIndex((r) => r.id === receiptId)
      return { name: 'missing-line', receipt: t.receipt(place), share: t.findShare(receiptId, payee)[0]!, lines: t.findLine(payee, receiptId) }
    }],
  ])('convicts %s', async (_, change, claim) => {
    const { trees, epoch } = await post(change(file))
    const earlier = (await readEpoch(accuser, gatewayKey.address, 0n))!.header
    expect(await accuse(epoch, claim(trees, file, earlier))).toBe(true)
    await bondStake(gateway, 'gateway', parseOpen('20'))
  }, 60_000)

  it('brings an accusation that an audit wrote, and not one that would fail', async () => {
    const { chainId, epochs } = ledger.operator.addresses
    const about = { kind: 'openledger/epoch-dispute/1' as const, chainId, epochs, gateway: gatewayKey.address, finding: 'wrong' }
    const lines = file.lines.map((line, i) => (i === 1 ? { ...line, runningTotal: line.runningTotal + 1n } : line))
    const { trees, epoch } = await post({ lines })
    const claim = { name: 'lines' as const, first: trees.line(0), second: trees.line(1) }
    await expect(accuseEpoch(accuser, { ...about, header: epoch, claim: { name: 'first-line', line: trees.line(0) } })).rejects.toMatchObject({ code: 'NOT_PROVEN' })
    expect(await accuseEpoch(accuser, { ...about, header: epoch, claim: { name: 'first-line', line: trees.line(0) } }, true)).toEqual({ outcome: 'acquitted' })
    await expect(accuseEpoch(accuser, { ...about, epochs: gatewayKey.address, header: epoch, claim })).rejects.toMatchObject({ code: 'CHAIN_MISMATCH' })
    expect(await accuseEpoch(accuser, { ...about, header: epoch, claim })).toEqual({ outcome: 'convicted' })
    await bondStake(gateway, 'gateway', parseOpen('20'))
  }, 60_000)

  it('pursues withheld data to the end', async () => {
    const { chainId, epochs } = ledger.operator.addresses
    const { epoch } = await post()
    const dispute = { kind: 'openledger/epoch-dispute/1' as const, chainId, epochs, gateway: gatewayKey.address, finding: 'not there', header: epoch, claim: { name: 'withheld' as const, list: 'receipts' as const, place: 0 } }
    const first = await accuseEpoch(accuser, dispute)
    expect(first.outcome).toBe('demanded')
    expect(await accuseEpoch(accuser, dispute)).toEqual(first)
    await travel(disputeWindow / 3 + 1)
    expect(await accuseEpoch(accuser, dispute)).toEqual({ outcome: 'convicted' })
    await bondStake(gateway, 'gateway', parseOpen('20'))
  }, 60_000)

  it('makes room for further epochs by showing which are final', async () => {
    const { bonded, open, finalised } = await readEpochCover(gateway, gatewayKey.address)
    expect([open, finalised]).toEqual([66n, 0n])
    expect(await makeEpochRoom(gateway, 1n)).toBe(bonded - 66n)
    expect(await makeEpochRoom(gateway, bonded)).toBe(bonded - 66n)
    await travel(disputeWindow)
    expect(await makeEpochRoom(gateway, bonded)).toBe(bonded)
    expect((await readEpochCover(gateway, gatewayKey.address)).finalised).toBe(66n)
  }, 60_000)
})
