import { encodeFunctionData } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildEpoch, epochsAbi, keccak, lineLeaf, OrderedTree, parseOpen, signStatement, stakesAbi, statementDomain, zeroHash, type Hex } from '@openledger/protocol'
import { accountMoney } from '../../money/accountMoney.ts'
import { moneyEvent } from '../../money/MoneyEvent.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { getLedgerEvents } from '../events/getLedgerEvents.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { openTestLedger, testParameters, type TestLedger } from '../testing/openTestLedger.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { readWopenBalance } from '../wopen/readWopenBalance.ts'
import type { EpochHeader } from '../epochs/EpochHeader.ts'
import { equivocationArguments } from '../epochs/equivocationArguments.ts'
import { lineArgument } from '../epochs/openings.ts'
import { postEpoch } from '../epochs/postEpoch.ts'
import { bondStake } from './bondStake.ts'
import { settleConvictions } from './settleSlashes.ts'

const id = (text: string): Hex => keccak(new TextEncoder().encode(text))
const gatewayKey = privateKeyToAccount(generatePrivateKey())
const accuserKey = privateKeyToAccount(generatePrivateKey())

/** An accuser who proves and goes away: the award waits, and the gateway cannot post until somebody settles. */
describe.skipIf(anvilPath() === null)('a conviction that nobody has settled', () => {
  let ledger: TestLedger
  let gateway: LedgerWriter
  let accuser: LedgerWriter
  const epoch = buildEpoch([{ receiptId: id('r'), node: gatewayKey.address, nonce: 1n, shareRoot: id('s'), shares: [{ payee: `0x${'1'.repeat(40)}`, amount: 10n }] }], [])
  const post = (linesRoot = epoch.linesRoot): Promise<EpochHeader> =>
    postEpoch(gateway, { index: 0n, receiptsRoot: epoch.receiptsRoot, linesRoot, balancesRoot: epoch.balancesRoot, total: 10n, lineCount: 1, receiptCount: 1, dataHash: id('file') })
  const proofs = async () => {
    const last = await accuser.publicClient.getBlock()
    const events = (await getLedgerEvents(accuser.publicClient, accuser.addresses, 0n, last.number)).map((event) => moneyEvent(event, Number(last.timestamp)))
    const account = accuserKey.address.toLowerCase() as Hex
    return accountMoney(account, events, Number(last.timestamp)).places.filter((p) => p.kind === 'rewards')
  }

  beforeAll(async () => {
    ledger = await openTestLedger({ ...testParameters, disputeWindow: 600, stakeThaw: 1200 })
    gateway = await ledger.newcomer(gatewayKey)
    accuser = await ledger.newcomer(accuserKey)
    await bondStake(gateway, 'gateway', parseOpen('400'))
    const { epochs } = ledger.operator.addresses
    await ensureWopen(gateway, epochs, 1_000n)
    await sendCall(gateway, { name: 'credit', to: epochs, data: encodeFunctionData({ abi: epochsAbi, functionName: 'credit', args: [gatewayKey.address, 1_000n] }) })
  }, 60_000)
  afterAll(() => ledger?.stop())

  it('waits where it can be seen, is settled by anyone, once, and lets the gateway go on', async () => {
    expect(await settleConvictions(gateway, gatewayKey.address)).toBe(0)
    const lie = epoch.lines.map((line) => ({ ...line, runningTotal: line.runningTotal + 1n }))
    const tree = new OrderedTree(lie.map(lineLeaf))
    const header = await post(tree.root)
    const opening = lineArgument({ line: lie[0]!, proof: tree.prove(0) })
    const data = encodeFunctionData({ abi: epochsAbi, functionName: 'challengeFirstLine', args: [gatewayKey.address, header, opening] })
    const before = await readWopenBalance(accuser, accuserKey.address)
    await sendCall(accuser, { name: 'challenge', to: accuser.addresses.epochs, data })
    expect(await proofs()).toMatchObject([{ id: 'proofs', earned: parseOpen('40'), held: parseOpen('40'), free: parseOpen('40'), paidOut: 0n }])
    await expect(post()).rejects.toMatchObject({ code: 'NOT_STAKED_GATEWAY' })
    expect(await settleConvictions(gateway, gatewayKey.address)).toBe(1)
    expect(await settleConvictions(gateway, gatewayKey.address)).toBe(0)
    expect((await readWopenBalance(accuser, accuserKey.address)) - before).toBe(parseOpen('40'))
    expect(await proofs()).toMatchObject([{ id: 'proofs', earned: parseOpen('40'), held: 0n, free: 0n, paidOut: parseOpen('40') }])
    expect((await post()).index).toBe(0n)
  }, 60_000)

  it('is settled for two receipts of one nonce too', async () => {
    const nodeKey = privateKeyToAccount(generatePrivateKey())
    await bondStake(await ledger.newcomer(nodeKey), 'node', parseOpen('400'))
    const { chainId, epochs, stakes } = accuser.addresses
    const names = { baseId: zeroHash, adapterId: zeroHash, snapshotsHash: zeroHash, deploymentId: zeroHash, node: nodeKey.address, gateway: gatewayKey.address, channelId: zeroHash, requestHash: zeroHash }
    const rest = { samplingHash: zeroHash, inputTokens: 1, outputTokens: 1, fee: 1n, profileHash: zeroHash, fingerprintRoot: zeroHash, attributionRoot: zeroHash, shareRoot: zeroHash, time: 1n, nonce: 1n }
    const signed = async (outputHash: Hex) => {
      const receipt = { ...names, outputHash, ...rest }
      return { receipt, signature: await signStatement(nodeKey, statementDomain(chainId, epochs), 'Receipt', receipt) }
    }
    const before = await readWopenBalance(accuser, accuserKey.address)
    const data = encodeFunctionData({ abi: stakesAbi, functionName: 'proveEquivocation', args: equivocationArguments(await signed(id('a')), await signed(id('b'))) })
    await sendCall(accuser, { name: 'equivocation', to: stakes, data })
    expect(await readWopenBalance(accuser, accuserKey.address)).toBe(before)
    expect(await settleConvictions(gateway, nodeKey.address)).toBe(1)
    expect(await settleConvictions(gateway, nodeKey.address)).toBe(0)
    expect(await readWopenBalance(accuser, accuserKey.address)).toBeGreaterThan(before)
  }, 60_000)
})
