import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { MemoryStore } from '@openledger/datanet'
import { OrderedTree, shareLeaf, toJson, UnavailableError, zeroHash, type Hex, type Json, type Receipt, type Share } from '@openledger/protocol'
import type { NewEpoch } from '@openledger/sdk'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
import type { Database } from '../database/Database.ts'
import { Journal } from '../journal/Journal.ts'
import { Ledger } from '../ledger/Ledger.ts'
import { datanetProjections } from '../ledger/projections/datanetProjections.ts'
import { modelProjections } from '../ledger/projections/modelProjections.ts'
import { moneyProjections } from '../ledger/projections/moneyProjections.ts'
import { NodeMetrics } from '../metrics/NodeMetrics.ts'
import { testAccount } from '../test/deployTestLedger.ts'
import { receiptBundleFixture } from '../test/receiptBundleFixture.ts'
import { readBalances, readEpochs } from './epochTables.ts'
import type { GatewayChain } from './GatewayChain.ts'
import { Settlement } from './Settlement.ts'
import { describeDatabases } from '../test/describeDatabases.ts'

const gateway = testAccount(2).address
const node = testAccount(3).address.toLowerCase() as Hex
const payees = [5, 6].map((i) => testAccount(i).address.toLowerCase() as Hex)
const contracts = Object.fromEntries(['wopen', 'parameters', 'datanets', 'models', 'channels', 'epochs', 'stakes', 'epochCourt', 'inclusionCourt', 'estates', 'attributionCourt', 'identityRegistry', 'guarantees', 'reputationRegistry', 'validationRegistry', 'guaranteeValidator', 'hashVerifier', 'receiptVerifier', 'clientVerifier', 'committeeVerifier', 'samplingBeacon', 'executionCourt'].map((n, i) => [n, `0x${`${i + 1}0`.repeat(20)}`])) as never
const network = { kind: 'openledger/network/1' as const, chainId: 7, rpcUrl: '', deployBlock: 0n, treasury: payees[0]!, contracts }
const channel = (n: number): Hex => `0x${String(n).padStart(64, 'c')}`

/** A gateway's side of a chain in memory, that obeys the contracts' rules and can fail before or after any of its effects. */
class ChainDouble implements GatewayChain {
  collected = new Map<Hex, bigint>()
  credited = 0n
  committed = 0n
  posted: NewEpoch[] = []
  closed = new Set<Hex>()
  calls: string[] = []
  /** Called before and after each effect; a throw is a crash or a lost connection at that point. */
  at: (point: string) => void = () => undefined

  nextIndex(): Promise<number> {
    return Promise.resolve(this.posted.length)
  }

  channel(id: Hex): Promise<{ deposited: bigint; collected: bigint; closed: boolean }> {
    return Promise.resolve({ deposited: 1000n, collected: this.collected.get(id) ?? 0n, closed: this.closed.has(id) })
  }

  async collect(vouchers: readonly { channelId: Hex; cumulative: bigint }[]) {
    this.at('before collect')
    const rejected: { channelId: Hex; cumulative: bigint; code: string }[] = []
    for (const { channelId, cumulative } of vouchers) {
      const before = this.collected.get(channelId) ?? 0n
      if (cumulative <= before || this.closed.has(channelId)) rejected.push({ channelId, cumulative, code: 'REFUSED' })
      else {
        this.collected.set(channelId, cumulative)
        this.credited += cumulative - before
        this.calls.push(`collect ${channelId.slice(-1)} ${cumulative}`)
      }
    }
    this.at('after collect')
    return Promise.resolve({ total: 0n, collected: [], rejected })
  }

  /** What the bond covers, of which open epochs take up all that is committed and not final. */
  bonded = 1_000_000n
  final = 0n
  room(wanted: bigint): Promise<bigint> {
    const open = this.committed - this.final
    if (this.bonded - open < wanted) this.final = this.finalNow
    return Promise.resolve(this.bonded - (this.committed - this.final))
  }
  /** What would be final if somebody showed it. */
  finalNow = 0n

  async post(epoch: NewEpoch): Promise<void> {
    this.at('before post')
    if (Number(epoch.index) !== this.posted.length) throw new UnavailableError('WRONG_INDEX', 'wrong index', { action: 'retry' })
    if (this.committed + epoch.total > this.credited) throw new UnavailableError('TOTAL_ABOVE_CREDIT', 'too much', { action: 'retry' })
    this.committed += epoch.total
    this.posted.push(epoch)
    this.calls.push(`post ${epoch.index}`)
    this.at('after post')
    return Promise.resolve()
  }

  postedRoot(index: number): Promise<Hex | null> {
    return Promise.resolve(this.posted[index]?.linesRoot ?? null)
  }

  void(): void {
    this.committed -= this.posted.pop()!.total
  }
}

describeDatabases('Settlement', (openDatabase) => {
  let folder: string
  let database: Database
  let journal: Journal
  let ledger: Ledger
  let chain: ChainDouble
  let content: MemoryStore
  let nonce: bigint
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'settlement-'))
    database = await openDatabase()
  }, 60_000)
  afterAll(async () => {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  })
  let round = 0
  beforeEach(async () => {
    await database.reset()
    journal = await Journal.open({ folder: path.join(folder, `journal${round++}`) })
    content = new MemoryStore()
    chain = new ChainDouble()
    nonce = 0n
    await openLedger()
  })

  async function openLedger(): Promise<void> {
    const projections = { ...datanetProjections, ...modelProjections, ...moneyProjections }
    ledger = await Ledger.open({ journal, database, projections, sources: { content: (cid) => content.get(cid) }, log: silentLog })
  }
  const settlement = (): Settlement => new Settlement({ network, gateway, chain, ledger, content, clock: systemClock, log: silentLog, metrics: new NodeMetrics({ processMetrics: false }), intervalMs: 0 })

  /** Records an answer whose fee goes to both payees, and what its channel owes then. With a deadline its attribution is left open. */
  async function answer(n: number, total: bigint, fee: bigint, attributionDeadline?: number): Promise<Hex> {
    nonce += 1n
    const shares: Share[] = [{ payee: payees[0]!, amount: fee / 2n }, { payee: payees[1]!, amount: fee - fee / 2n }].filter((s) => s.amount > 0n).sort((a, b) => (a.payee < b.payee ? -1 : 1))
    const statement: Receipt = { ...receiptBundleFixture(network).receipt.statement, node, gateway, channelId: channel(n), fee, nonce, shareRoot: new OrderedTree(shares.map(shareLeaf)).root }
    const bundle = { ...receiptBundleFixture(network), receipt: { statement, signature: '0x00' as Hex }, ...(attributionDeadline === undefined ? {} : { attributionDeadline }), shares }
    const id: Hex = `0x${nonce.toString(16).padStart(64, '0')}`
    await ledger.record('receipt', {
      id,
      node,
      nonce: nonce.toString(),
      channelId: channel(n),
      deploymentId: zeroHash,
      model: 'm',
      fee: fee.toString(),
      channelTotal: total.toString(),
      time: 1,
      shares: shares.map((s) => ({ payee: s.payee, amount: s.amount.toString() })),
      bundle: toJson(bundle) as Json,
      view: { attribution: { status: 'pending' } },
    })
    return id
  }
  /** Records that an answer was attributed, all of it to the second payee. */
  async function attributed(receiptId: Hex, fee: bigint): Promise<void> {
    const shares = [{ payee: payees[1]!, amount: fee }]
    const statement = { receiptId, attributionRoot: zeroHash, queryHash: zeroHash, shareRoot: new OrderedTree(shares.map(shareLeaf)).root, time: '1' }
    await ledger.record('attribution', { receiptId, statement, signature: '0x01', document: {}, queryVector: `b${'a'.repeat(40)}`, contributors: [], shares: toJson(shares) as never, method: 'm', view: {} })
  }
  const voucher = (n: number, cumulative: bigint): Promise<unknown> => ledger.record('voucher', { channelId: channel(n), cumulative: cumulative.toString(), signature: '0x01' })

  /** Balances follow from the posted epochs alone: nobody is paid twice, nothing is lost. */
  async function expectPaid(total: bigint): Promise<void> {
    const lines = await database.query<{ receipt_id: string; payee: string }>(`select receipt_id, payee from epoch_lines l join epochs e on e.gateway = l.gateway and e.index = l.epoch where e.stage = 'posted'`)
    expect(new Set(lines.map((l) => l.receipt_id + l.payee)).size).toBe(lines.length)
    const balances = await readBalances(database.query, gateway.toLowerCase() as Hex, chain.posted.length - 1)
    expect(balances.reduce((sum, b) => sum + b.cumulative, 0n)).toBe(total)
    expect(chain.committed).toBe(total)
    expect(chain.credited).toBe(total)
  }

  it('settles what vouchers cover, and only that', async () => {
    expect(await settlement().settle()).toBeNull()
    await answer(1, 10n, 10n)
    await answer(1, 17n, 7n)
    await answer(2, 5n, 5n)
    expect(await settlement().settle()).toBeNull()
    await voucher(1, 10n)
    const s = settlement()
    expect(await s.settle()).toBe(0)
    expect(await s.settle()).toBeNull()
    await voucher(1, 17n)
    await voucher(2, 5n)
    expect(await s.settle()).toBe(1)
    await expectPaid(22n)
    expect(chain.calls).toEqual(['collect 1 10', 'post 0', 'collect 1 17', 'collect 2 5', 'post 1'])
  })

  const points = ['before collect', 'after collect', 'before post', 'after post']
  it.each(points)('after a crash %s does what is left, once', async (point) => {
    await answer(1, 10n, 10n)
    await voucher(1, 10n)
    chain.at = (p) => {
      if (p === point) throw new UnavailableError('CHAIN_AWAY', 'away', { action: 'retry' })
    }
    await expect(settlement().settle()).rejects.toMatchObject({ code: 'CHAIN_AWAY' })
    chain.at = () => undefined
    await answer(1, 15n, 5n)
    await voucher(1, 15n)
    // A new process: all it has is the journal, here without even the tables.
    await database.reset()
    await openLedger()
    const s = settlement()
    while ((await s.settle()) !== null);
    await expectPaid(15n)
    expect(chain.calls.filter((c) => c.startsWith('post'))).toEqual(['post 0', 'post 1'])
  })

  it('one bad channel holds nobody up', async () => {
    await answer(1, 10n, 10n)
    await answer(2, 8n, 8n)
    await voucher(1, 10n)
    await voucher(2, 8n)
    chain.closed.add(channel(1))
    expect(await settlement().settle()).toBe(0)
    await expectPaid(8n)
  })

  it('puts the epoch together anew when a voucher turns bad after the plan', async () => {
    await answer(1, 10n, 10n)
    await answer(2, 8n, 8n)
    await voucher(1, 10n)
    await voucher(2, 8n)
    chain.at = (p) => {
      if (p === 'before collect') chain.closed.add(channel(1))
    }
    expect(await settlement().settle()).toBe(0)
    await expectPaid(8n)
  })

  it('promises no more than the bond covers, and the rest when earlier epochs are final', async () => {
    await answer(1, 10n, 10n)
    await answer(2, 60n, 60n)
    await answer(3, 20n, 20n)
    for (const [n, total] of [[1, 10n], [2, 60n], [3, 20n]] as const) await voucher(n, total)
    chain.bonded = 50n
    const s = settlement()
    expect(await s.settle()).toBe(0)
    expect(chain.committed).toBe(30n)
    await expect(s.settle()).rejects.toMatchObject({ code: 'BOND_USED_UP', action: 'retry' })
    chain.bonded = 60n
    await expect(s.settle()).rejects.toMatchObject({ code: 'BOND_USED_UP' })
    chain.finalNow = 30n
    expect(await s.settle()).toBe(1)
    await expectPaid(90n)
  })

  it('settles the receipts of a voided epoch again', async () => {
    await answer(1, 10n, 10n)
    await voucher(1, 10n)
    const s = settlement()
    await s.settle()
    await answer(1, 14n, 4n)
    await voucher(1, 14n)
    await s.settle()
    chain.void()
    expect(await s.settle()).toBe(1)
    await expectPaid(14n)
    expect((await readEpochs(database.query, gateway.toLowerCase() as Hex)).map((e) => e.stage)).toEqual(['posted', 'posted'])
  })

  it('leaves out what is not attributed yet, and settles it later by the shares in force, without waiting for the rest', async () => {
    const open = await answer(1, 10n, 10n, 1_700_000_000)
    const failing = await answer(1, 17n, 7n, 1_700_000_000)
    await answer(1, 20n, 3n)
    await voucher(1, 20n)
    const s = settlement()
    expect(await s.settle()).toBe(0)
    expect(chain.committed).toBe(3n)
    expect(await s.settle()).toBeNull()
    await attributed(open, 10n)
    await ledger.record('attributionFailed', { receiptId: open, node: node as never, reason: 'too late: it is complete' })
    // A new process, that has only the journal.
    await database.reset()
    await openLedger()
    expect(await settlement().settle()).toBe(1)
    expect(await database.query(`select payee, amount::text from epoch_lines where receipt_id = $1`, [open])).toEqual([{ payee: payees[1], amount: '10' }])
    await ledger.record('attributionFailed', { receiptId: failing, node: node as never, reason: 'the node was away' })
    await attributed(failing, 7n)
    expect(await settlement().settle()).toBe(2)
    expect(await database.query(`select amount::text from epoch_lines where receipt_id = $1 order by amount`, [failing])).toEqual([{ amount: '3' }, { amount: '4' }])
    expect(await database.query(`select attribution, view->'attribution'->>'error' as error from receipts where id = $1`, [failing])).toEqual([{ attribution: 'failed', error: 'the node was away' }])
    await expectPaid(20n)
    expect(chain.calls.filter((c) => c.startsWith('collect'))).toEqual(['collect 1 20'])
  })

  it('does not go on when somebody else posted with its key', async () => {
    await answer(1, 10n, 10n)
    await voucher(1, 10n)
    chain.at = (p) => {
      if (p === 'before post') throw new UnavailableError('CHAIN_AWAY', 'away', { action: 'retry' })
    }
    await expect(settlement().settle()).rejects.toMatchObject({ code: 'CHAIN_AWAY' })
    chain.at = () => undefined
    await chain.post({ index: 0n, total: 1n, receiptsRoot: zeroHash, linesRoot: zeroHash, balancesRoot: zeroHash, lineCount: 1, receiptCount: 1, dataHash: zeroHash })
    await expect(settlement().settle()).rejects.toMatchObject({ code: 'FOREIGN_EPOCH' })
  })
})
