import { MemoryStore } from '@openledger/datanet'
import { balanceLeaf, buildEpoch, epochFileSchema, InputError, lineLeaf, OrderedTree, readArtefact, receiptLeaf, shareLeaf, UnavailableError, verifyProof, writeArtefact, zeroHash, type EpochFile, type Hex } from '@openledger/protocol'
import type { EntryDemand, EntryReveal, EpochHeader } from '@openledger/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { receiptBundleFixture } from '../test/receiptBundleFixture.ts'
import { DemandAnswerer } from './DemandAnswerer.ts'

const gateway = `0x${'Ab'.repeat(20)}` as const
const payees = [5, 6, 7].map((n) => `0x${String(n).repeat(40)}` as const)
const network = { kind: 'openledger/network/1' as const, chainId: 7, rpcUrl: '', deployBlock: 0n, treasury: gateway, contracts: { epochs: gateway, stakes: gateway } as never }
const content = new MemoryStore()
let file: EpochFile
let cid: string
let header: EpochHeader

beforeAll(async () => {
  const shares = payees.map((payee, i) => ({ payee, amount: BigInt(i + 1) }))
  const statement = { ...receiptBundleFixture(network).receipt.statement, gateway, fee: 6n, shareRoot: new OrderedTree(shares.map(shareLeaf)).root }
  const receipts = [1, 2, 3].map((n) => ({ id: `0x${String(n).repeat(64)}` as Hex, receipt: { statement: { ...statement, nonce: BigInt(n) }, signature: '0x01' as Hex }, shares }))
  const ledger = buildEpoch(receipts.map(({ id, receipt }) => ({ receiptId: id, node: receipt.statement.node, nonce: receipt.statement.nonce, shareRoot: receipt.statement.shareRoot, shares })), [])
  const { lines, balances, total, receiptsRoot, linesRoot, balancesRoot } = ledger
  const bytes = writeArtefact({ kind: 'openledger/epoch/1', chainId: 7, epochs: gateway, gateway, index: 4, previousBalances: [], receipts, lines, balances, total })
  file = readArtefact(epochFileSchema, bytes)
  cid = await content.put(bytes)
  header = { index: 4n, receiptsRoot, linesRoot, balancesRoot, total, cumulative: total, lineCount: lines.length, receiptCount: 3, dataHash: zeroHash, finalAt: 99n }
})

type Row = { list: number; place: string; cid: string | null }
type Shown = { demand: EntryDemand; entry: EntryReveal }

function answererOf(rows: Row[], chain: Partial<{ header: () => Promise<EpochHeader | null>; reveal: (d: EntryDemand, e: EntryReveal) => Promise<void> }> = {}) {
  const shown: Shown[] = []
  const query = (async () => rows.map((row, i) => ({ block: '1', log_index: i, index: '4', ...row }))) as unknown as Query
  const reveal = async (demand: EntryDemand, entry: EntryReveal): Promise<void> => void shown.push({ demand, entry })
  return { shown, answerer: new DemandAnswerer({ gateway, query, content, log: silentLog, chain: { header: () => Promise.resolve(header), reveal, ...chain } }) }
}

describe('DemandAnswerer', () => {
  it('shows each demanded entry with its proof, once', async () => {
    const rows = [0, 1, 2].map((list) => ({ list, place: '2', cid }))
    const { answerer, shown } = answererOf(rows)
    await Promise.all([answerer.answerAll(), answerer.answerAll()])
    expect(shown.map(({ demand }) => [demand.list, demand.place])).toEqual([['receipts', 2], ['lines', 2], ['balances', 2]])
    const [receipt, line, balance] = shown.map(({ entry }) => entry)
    if (receipt?.list !== 'receipts' || line?.list !== 'lines' || balance?.list !== 'balances') throw new Error('another list')
    expect(verifyProof(header.receiptsRoot, receiptLeaf(receipt.opening.leaf), receipt.opening.proof)).toBe(true)
    expect(new OrderedTree(receipt.shares.map(shareLeaf)).root).toBe(receipt.opening.leaf.shareRoot)
    expect(receipt.signed.receipt.statement.nonce).toBe(file.receipts[2]!.receipt.statement.nonce)
    expect(verifyProof(header.linesRoot, lineLeaf(line.opening.line), line.opening.proof)).toBe(true)
    expect(verifyProof(header.balancesRoot, balanceLeaf(balance.opening.balance), balance.opening.proof)).toBe(true)
  })

  it('answers a demand for a balance behind the last one by the last one', async () => {
    const { answerer, shown } = answererOf([{ list: 2, place: '1000000000000', cid }])
    await answerer.answerAll()
    expect(shown[0]?.entry).toMatchObject({ list: 'balances', opening: { proof: { index: 2, count: 3 } } })
  })

  it('shows nothing of an epoch that fell, of another one, or that it does not have', async () => {
    const demanded = [{ list: 1, place: '0', cid }]
    for (const found of [null, { ...header, linesRoot: zeroHash }]) {
      const { answerer, shown } = answererOf(demanded, { header: () => Promise.resolve(found) })
      await answerer.answerAll()
      expect(shown).toEqual([])
    }
    const { answerer, shown } = answererOf([{ list: 1, place: '0', cid: null }, { list: 1, place: '9', cid }])
    await answerer.answerAll()
    expect(shown).toEqual([])
  })

  it('tries again while the chain is away, and gives up when it is too late', async () => {
    const errors = [new UnavailableError('CHAIN_AWAY', 'away'), new InputError('TOO_LATE', 'too late')]
    let calls = 0
    const { answerer } = answererOf([{ list: 1, place: '0', cid }], { reveal: () => Promise.reject(errors[calls++]!) })
    for (let i = 0; i < 4; i++) await answerer.answerAll()
    expect(calls).toBe(2)
  })
})
