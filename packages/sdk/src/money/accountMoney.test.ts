import { balanceLeaf, buildEpoch, keccak, OrderedTree, parseOpen, signStatement, signTransferAuthorization, statementDomain, zeroHash, type Hex, type Receipt } from '@openledger/protocol'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeChannel } from '../chain/channels/closeChannel.ts'
import { collectVouchers } from '../chain/channels/collectVouchers.ts'
import { openAuthorisedChannel } from '../chain/channels/openAuthorisedChannel.ts'
import { openChannel } from '../chain/channels/openChannel.ts'
import { readTill } from '../chain/channels/readTill.ts'
import { startChannelThaw } from '../chain/channels/startChannelThaw.ts'
import { topUpChannel } from '../chain/channels/topUpChannel.ts'
import { withdrawChannel } from '../chain/channels/withdrawChannel.ts'
import type { LedgerWriter } from '../chain/connection/LedgerWriter.ts'
import { claimBalance } from '../chain/epochs/claimBalance.ts'
import { postEpoch } from '../chain/epochs/postEpoch.ts'
import { proveEquivocation } from '../chain/epochs/proveEquivocation.ts'
import { readEpoch } from '../chain/epochs/readEpoch.ts'
import { getLedgerEvents } from '../chain/events/getLedgerEvents.ts'
import { bondStake } from '../chain/stakes/bondStake.ts'
import { eventually } from '../chain/testing/eventually.ts'
import { openTestLedger, type TestLedger } from '../chain/testing/openTestLedger.ts'
import { anvilPath } from '../chain/testing/startAnvil.ts'
import { readWopenBalance } from '../chain/wopen/readWopenBalance.ts'
import { wrapOpen } from '../chain/wopen/wrapOpen.ts'
import { accountMoney } from './accountMoney.ts'
import { moneyEvent, type MoneyEvent } from './MoneyEvent.ts'
import type { MoneyPlace } from './MoneyStatement.ts'

const fresh = () => privateKeyToAccount(generatePrivateKey())
const [gatewayKey, payerKey, payeeKey, proverKey] = [fresh(), fresh(), fresh(), fresh()]
const salt = (text: string): Hex => keccak(new TextEncoder().encode(text))
const balances = ({ paidIn, earned, spent, paidOut, held }: Omit<MoneyPlace, 'kind'>): bigint => paidIn + earned - spent - paidOut - held

describe.skipIf(anvilPath() === null)('where the money is', () => {
  let ledger: TestLedger
  let gateway: LedgerWriter
  let payer: LedgerWriter
  let events: MoneyEvent[]
  let now: number

  /** Everything at once: every kind of channel and of end, bonds, a slash, an epoch and a claim. */
  beforeAll(async () => {
    ledger = await openTestLedger()
    gateway = await ledger.newcomer(gatewayKey)
    payer = await ledger.newcomer(payerKey)
    const prover = await ledger.newcomer(proverKey)
    const { addresses, publicClient } = ledger.operator
    const chainId = await publicClient.getChainId()
    await bondStake(gateway, 'gateway', parseOpen('100'))
    await bondStake(gateway, 'node', parseOpen('40'))
    const voucher = async (channelId: Hex, cumulative: bigint) => ({ channelId, cumulative, signature: await signStatement(payerKey, statementDomain(chainId, addresses.channels), 'Voucher', { channelId, cumulative }) })
    const ids: Hex[] = []
    for (const name of ['open', 'thawing', 'withdrawn', 'closed']) ids.push(await openChannel(payer, gatewayKey.address, salt(name), 1000n))
    await topUpChannel(payer, ids[0]!, 500n)
    await wrapOpen(payer, 1000n)
    const to = await readTill(payer, gatewayKey.address, true)
    for (const nonce of [salt('answered'), salt('waiting')]) {
      const authorization = { from: payerKey.address, to, value: 300n, validAfter: 0n, validBefore: 2n ** 40n, nonce }
      ids.push((await openAuthorisedChannel(gateway, { authorization, signature: await signTransferAuthorization(payerKey, chainId, addresses.wopen, authorization) }, true)).channelId)
    }
    const vouchers = [await voucher(ids[0]!, 700n), await voucher(ids[2]!, 10n), await voucher(ids[3]!, 20n), { channelId: ids[4]!, cumulative: 70n, signature: '0x' as Hex }]
    expect((await collectVouchers(gateway, vouchers)).total).toBe(800n)
    await closeChannel(gateway, ids[3]!)
    for (const id of [ids[1]!, ids[2]!]) await startChannelThaw(payer, id)
    await eventually('THAW_NOT_OVER', () => withdrawChannel(payer, ids[2]!))

    const receipt = { baseId: zeroHash, adapterId: zeroHash, snapshotsHash: zeroHash, deploymentId: zeroHash, node: gatewayKey.address, gateway: gatewayKey.address, channelId: ids[0]!, requestHash: zeroHash, outputHash: zeroHash, samplingHash: zeroHash, inputTokens: 1, outputTokens: 1, fee: 1n, profileHash: zeroHash, fingerprintRoot: zeroHash, attributionRoot: zeroHash, shareRoot: zeroHash, time: 1n, nonce: 1n } satisfies Receipt
    const domain = statementDomain(chainId, addresses.epochs)
    const signed = async (statement: Receipt) => ({ receipt: statement, signature: await signStatement(gatewayKey, domain, 'Receipt', statement) })
    await proveEquivocation(prover, await signed(receipt), await signed({ ...receipt, time: 2n }))

    const epoch = buildEpoch([{ receiptId: salt('r'), node: gatewayKey.address, nonce: 1n, shareRoot: zeroHash, shares: [{ payee: payeeKey.address, amount: 600n }, { payee: proverKey.address, amount: 150n }] }], [])
    const { receiptsRoot, linesRoot, balancesRoot, total, lines, receipts } = epoch
    await postEpoch(gateway, { index: 0n, receiptsRoot, linesRoot, balancesRoot, total, lineCount: lines.length, receiptCount: receipts.length, dataHash: zeroHash })
    const posted = (await readEpoch(gateway, gatewayKey.address, 0n))!.header
    const tree = new OrderedTree(epoch.balances.map(balanceLeaf))
    const place = epoch.balances.findIndex((b) => b.payee.toLowerCase() === payeeKey.address.toLowerCase())
    await eventually('NOT_FINAL', () => claimBalance(payer, { gateway: gatewayKey.address, epoch: posted, payee: payeeKey.address, cumulative: 600n, proof: tree.prove(place) }))

    const last = await publicClient.getBlock()
    now = Number(last.timestamp)
    events = (await getLedgerEvents(publicClient, addresses, 0n, last.number)).map((event) => moneyEvent(event, now))
  }, 180_000)
  afterAll(() => ledger?.stop())

  const everybody = (): `0x${string}`[] => [...new Set(events.flatMap(({ args }) => Object.values(args).filter((v): v is `0x${string}` => typeof v === 'string' && /^0x[0-9a-f]{40}$/.test(v))))]
  const held = (kind: MoneyPlace['kind']): bigint => everybody().flatMap((account) => accountMoney(account, events, now).places).filter((p) => p.kind === kind).reduce((sum, p) => sum + p.held, 0n)
  const sumOf = (name: string, field: string): bigint => events.filter((e) => e.name === name).reduce((sum, e) => sum + BigInt(e.args[field] as string), 0n)
  const wopenOf = (contract: 'channels' | 'epochs' | 'stakes'): Promise<bigint> => readWopenBalance(ledger.operator, ledger.operator.addresses[contract])

  it('in = out + held, in every place of every account', () => {
    expect(everybody().length).toBeGreaterThan(4)
    let places = 0
    for (const account of everybody()) {
      const statement = accountMoney(account, events, now)
      for (const place of statement.places) {
        expect([place.kind, place.id, balances(place)]).toEqual([place.kind, place.id, 0n])
        expect(place.held).toBeGreaterThanOrEqual(place.free)
        places++
      }
      expect(balances({ ...statement.totals, id: '', until: null, why: '', moves: [] })).toBe(0n)
    }
    expect(places).toBeGreaterThanOrEqual(9)
  })

  it('all that is held is what the contracts hold', async () => {
    expect(held('channel')).toBe(await wopenOf('channels'))
    expect(sumOf('Epochs.Credited', 'amount') - sumOf('Epochs.Claimed', 'amount')).toBe(await wopenOf('epochs'))
    const burned = sumOf('Stakes.Slashed', 'taken') + sumOf('Stakes.EquivocationProven', 'taken') - sumOf('Stakes.ProverPaid', 'amount')
    expect(burned).toBeGreaterThan(0n)
    expect(held('bond') + burned).toBe(await wopenOf('stakes'))
    // What payers spent is what the epochs got.
    const spent = accountMoney(payerKey.address, events, now).totals.spent
    expect(spent).toBe(sumOf('Epochs.Credited', 'amount'))
  })

  it('a coin that is missing is found', async () => {
    const cut = events.filter((e, i) => !(e.name === 'Channels.Collected' && i === events.findIndex((x) => x.name === 'Channels.Collected')))
    expect(cut.length).toBe(events.length - 1)
    const sum = accountMoney(payerKey.address, cut, now).places.reduce((total, p) => total + p.held, 0n)
    expect(sum).not.toBe(await wopenOf('channels'))
  })

  it('says of each place why and until when', () => {
    const { places } = accountMoney(payerKey.address, events, now)
    expect(places.map((p) => [p.held, p.spent, p.why.split(/[:;,]/)[0]])).toEqual([
      [800n, 700n, 'ready to be spent on answers'],
      [1000n, 0n, expect.stringMatching(/thaw/)],
      [0n, 10n, 'closed'],
      [0n, 20n, 'closed'],
      [0n, 70n, 'closed'],
      [300n, 0n, expect.stringMatching(/paid ahead|collected nothing/)],
    ])
    expect(places[1]!.until).toBeGreaterThan(0)
    const later = accountMoney(payerKey.address, events, now + 3600).places
    expect([later[1]!.free, later[5]!.free]).toEqual([1000n, 300n])
    const bonds = accountMoney(gatewayKey.address, events, now).places
    expect(bonds.map((p) => [p.kind, p.id, p.held, p.spent])).toEqual([['bond', 'gateway', parseOpen('100'), 0n], ['bond', 'node', parseOpen('30'), parseOpen('10')]])
    expect(accountMoney(proverKey.address, events, now).places).toMatchObject([{ kind: 'rewards', id: 'proofs', earned: parseOpen('2'), held: 0n }])
  })
})
