import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { encodeFunctionData } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  balanceLeaf,
  buildEpoch,
  epochsAbi,
  keccak,
  lineLeaf,
  OrderedTree,
  parseOpen,
  signStatement,
  statementDomain,
  zeroHash,
  type Balance,
  type Hex,
  type Line,
  type Receipt,
} from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { bondStake } from '../stakes/bondStake.ts'
import { readStake } from '../stakes/readStake.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { openTestLedger, testParameters, type TestLedger } from '../testing/openTestLedger.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { readWopenBalance } from '../wopen/readWopenBalance.ts'
import { challengeBalance } from './challengeBalance.ts'
import { challengeBalanceOrder } from './challengeBalanceOrder.ts'
import { challengeLines } from './challengeLines.ts'
import type { EpochHeader } from './EpochHeader.ts'
import { postEpoch } from './postEpoch.ts'
import { proveEquivocation } from './proveEquivocation.ts'
import { readEpoch } from './readEpoch.ts'

const id = (text: string): Hex => keccak(new TextEncoder().encode(text))
const gatewayKey = privateKeyToAccount(generatePrivateKey())
const payees = [1, 2, 3].map((n) => `0x${String(n).repeat(40)}` as const)

describe.skipIf(anvilPath() === null)('challenges', () => {
  let ledger: TestLedger
  let gateway: LedgerWriter
  let accuser: LedgerWriter
  const honest = buildEpoch(
    [{ receiptId: id('r'), node: gatewayKey.address, nonce: 1n, shareRoot: id('shares'), shares: payees.map((payee, i) => ({ payee, amount: BigInt(10 + i) })) }],
    [],
  )

  beforeAll(async () => {
    ledger = await openTestLedger({ ...testParameters, disputeWindow: 600, stakeThaw: 1200 })
    gateway = await ledger.newcomer(gatewayKey)
    accuser = await ledger.newcomer(privateKeyToAccount(generatePrivateKey()))
    await bondStake(gateway, 'gateway', parseOpen('400'))
    await bondStake(gateway, 'node', parseOpen('100'))
    const { epochs } = ledger.operator.addresses
    await ensureWopen(gateway, epochs, 1_000n)
    const data = encodeFunctionData({ abi: epochsAbi, functionName: 'credit', args: [gatewayKey.address, 1_000n] })
    await sendCall(gateway, { name: 'credit', to: epochs, data })
  }, 60_000)
  afterAll(() => ledger?.stop())

  const post = (lines: readonly Line[], balances: readonly Balance[]): Promise<EpochHeader> =>
    postEpoch(gateway, {
      index: 0n,
      receiptsRoot: honest.receiptsRoot,
      linesRoot: new OrderedTree(lines.map(lineLeaf)).root,
      balancesRoot: new OrderedTree(balances.map(balanceLeaf)).root,
      total: honest.total,
      lineCount: lines.length,
      receiptCount: 1,
      dataHash: id('file'),
    })
  const line = (lines: readonly Line[], i: number) => ({ line: lines[i]!, proof: new OrderedTree(lines.map(lineLeaf)).prove(i) })
  const balance = (balances: readonly Balance[], i: number) => ({ balance: balances[i]!, proof: new OrderedTree(balances.map(balanceLeaf)).prove(i) })

  it('lets an honest epoch of buildEpoch stand and keeps the deposit', async () => {
    const { lines, balances } = honest
    const epoch = await post(lines, balances)
    await ensureWopen(accuser, ledger.operator.addresses.epochs, parseOpen('5'))
    const before = await readWopenBalance(accuser, accuser.walletClient.account.address)
    const at = gatewayKey.address
    expect(await challengeLines(accuser, at, epoch, line(lines, 0))).toBe(false)
    expect(await challengeLines(accuser, at, epoch, line(lines, 0), line(lines, 1))).toBe(false)
    expect(await challengeBalanceOrder(accuser, at, epoch, balance(balances, 1), balance(balances, 2))).toBe(false)
    const payee = payees[1]!
    const openings = { before: [], earned: [line(lines, 1), line(lines, 2)], afterwards: [balance(balances, 1)] }
    expect(await challengeBalance(accuser, { gateway: at, epoch, payee, ...openings })).toBe(false)
    expect((await readEpoch(accuser, at, 0n))?.header).toEqual(epoch)
    expect(before - (await readWopenBalance(accuser, accuser.walletClient.account.address))).toBe(4n * testParameters.challengeDeposit)
  }, 60_000)

  it('voids an epoch with a wrong balance and rewards the accuser', async () => {
    const { lines, balances } = honest
    const wrong = balances.map((b, i) => (i === 0 ? { ...b, cumulative: 2n * b.cumulative + 1n } : { ...b, cumulative: 2n * b.cumulative }))
    const epoch = await postEpoch(gateway, {
      index: 1n,
      receiptsRoot: honest.receiptsRoot,
      linesRoot: honest.linesRoot,
      balancesRoot: new OrderedTree(wrong.map(balanceLeaf)).root,
      total: honest.total,
      lineCount: lines.length,
      receiptCount: 1,
      dataHash: id('file'),
    })
    const previous = (await readEpoch(accuser, gatewayKey.address, 0n))!.header
    const before = await readWopenBalance(accuser, accuser.walletClient.account.address)
    const proven = await challengeBalance(accuser, {
      gateway: gatewayKey.address,
      epoch,
      previous,
      payee: payees[0]!,
      before: [balance(balances, 0)],
      earned: [line(lines, 0), line(lines, 1)],
      afterwards: [balance(wrong, 0)],
    })
    expect(proven).toBe(true)
    expect(await readEpoch(accuser, gatewayKey.address, 1n)).toBeNull()
    expect((await readStake(accuser, gatewayKey.address, 'gateway')).bonded).toBe(parseOpen('200'))
    expect((await readWopenBalance(accuser, accuser.walletClient.account.address)) - before).toBe(parseOpen('40'))
  }, 60_000)

  it('slashes a node that signed one nonce twice', async () => {
    const { addresses } = ledger.operator
    const domain = statementDomain(addresses.chainId, addresses.epochs)
    const receipt: Receipt = {
      baseId: id('base'),
      adapterId: zeroHash,
      snapshotsHash: zeroHash,
      deploymentId: id('deployment'),
      node: gatewayKey.address,
      gateway: gatewayKey.address,
      channelId: id('channel'),
      requestHash: id('request'),
      outputHash: id('output'),
      samplingHash: id('sampling'),
      inputTokens: 1,
      outputTokens: 2,
      fee: 3n,
      profileHash: id('profile'),
      fingerprintRoot: id('fingerprint'),
      attributionRoot: id('attribution'),
      shareRoot: id('share'),
      time: 1n,
      nonce: 7n,
    }
    const signed = async (r: Receipt) => ({ receipt: r, signature: await signStatement(gatewayKey, domain, 'Receipt', r) })
    const [one, two] = [await signed(receipt), await signed({ ...receipt, outputHash: id('another') })]
    await expect(proveEquivocation(accuser, one, one)).rejects.toMatchObject({ code: 'NO_EQUIVOCATION', name: 'ProofError' })
    await proveEquivocation(accuser, one, two)
    expect((await readStake(accuser, gatewayKey.address, 'node')).bonded).toBe(parseOpen('75'))
    await expect(proveEquivocation(accuser, two, one)).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })
  }, 60_000)
})
