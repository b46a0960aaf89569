import { MemoryStore } from '@openledger/datanet'
import { buildEpoch, epochFileSchema, InputError, OrderedTree, readArtefact, receiptLeaf, shareLeaf, UnavailableError, verifyProof, writeArtefact, zeroHash, type EpochFile, type Hex } from '@openledger/protocol'
import type { EpochHeader, ReceiptOpening } from '@openledger/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { receiptBundleFixture } from '../test/receiptBundleFixture.ts'
import { InclusionAnswerer } from './InclusionAnswerer.ts'

const gateway = `0x${'ab'.repeat(20)}` as const
const network = { kind: 'openledger/network/1' as const, chainId: 7, rpcUrl: '', deployBlock: 0n, treasury: gateway, contracts: { epochs: gateway, stakes: gateway } as never }
const content = new MemoryStore()
let file: EpochFile
let cid: string
let header: EpochHeader

beforeAll(async () => {
  const shares = [{ payee: gateway, amount: 6n }]
  const statement = { ...receiptBundleFixture(network).receipt.statement, gateway, fee: 6n, shareRoot: new OrderedTree(shares.map(shareLeaf)).root }
  const receipts = [1, 2, 3].map((n) => ({ id: `0x${String(n).repeat(64)}` as Hex, receipt: { statement: { ...statement, nonce: BigInt(n) }, signature: '0x01' as Hex }, shares }))
  const { lines, balances, total, receiptsRoot, linesRoot, balancesRoot } = buildEpoch(receipts.map(({ id, receipt }) => ({ receiptId: id, node: receipt.statement.node, nonce: receipt.statement.nonce, shareRoot: receipt.statement.shareRoot, shares })), [])
  const bytes = writeArtefact({ kind: 'openledger/epoch/1', chainId: 7, epochs: gateway, gateway, index: 4, previousBalances: [], receipts, lines, balances, total })
  file = readArtefact(epochFileSchema, bytes)
  cid = await content.put(bytes)
  header = { index: 4n, receiptsRoot, linesRoot, balancesRoot, total, cumulative: total, lineCount: lines.length, receiptCount: 3, dataHash: zeroHash, finalAt: 99n }
})

type Row = { id: Hex; index: number | null; cid: string | null }

function answererOf(rows: Row[], chain: Partial<{ header: () => Promise<EpochHeader | null>; show: () => Promise<void> }> = {}) {
  const shown: { epoch: EpochHeader; opening: ReceiptOpening }[] = []
  const query = (async () => rows.map((row, i) => ({ block: '1', log_index: i, ...row }))) as unknown as Query
  const show = async (epoch: EpochHeader, opening: ReceiptOpening): Promise<void> => void shown.push({ epoch, opening })
  return { rows, shown, answerer: new InclusionAnswerer({ gateway, query, content, log: silentLog, chain: { header: () => Promise.resolve(header), show, ...chain } }) }
}

describe('InclusionAnswerer', () => {
  it('shows nothing of a receipt that is in no epoch, of an epoch that fell, or of another one', async () => {
    const { id } = file.receipts[1]!
    for (const found of [null, { ...header, receiptsRoot: zeroHash }]) {
      const { answerer, shown } = answererOf([{ id, index: 4, cid }], { header: () => Promise.resolve(found) })
      await answerer.answerAll()
      expect(shown).toEqual([])
    }
    const { answerer, shown } = answererOf([{ id, index: null, cid: null }, { id: `0x${'9'.repeat(64)}`, index: 4, cid }])
    await answerer.answerAll()
    expect(shown).toEqual([])
  })

  it('shows each summoned receipt with its proof, once, and one that waited as soon as its epoch is there', async () => {
    const { id } = file.receipts[1]!
    const { answerer, shown, rows } = answererOf([{ id, index: 4, cid }, { id: file.receipts[2]!.id, index: null, cid: null }])
    await Promise.all([answerer.answerAll(), answerer.answerAll()])
    expect(shown.map(({ opening }) => opening.leaf.receiptId)).toEqual([id])
    expect(verifyProof(header.receiptsRoot, receiptLeaf(shown[0]!.opening.leaf), shown[0]!.opening.proof)).toBe(true)
    Object.assign(rows[1]!, { index: 4, cid })
    await answerer.answerAll()
    expect(shown.map(({ opening }) => opening.proof.index)).toEqual([1, 2])
  })

  it('tries again while the chain is away, and gives up when it is too late', async () => {
    const errors = [new UnavailableError('CHAIN_AWAY', 'away'), new InputError('TOO_LATE', 'too late')]
    let calls = 0
    const { answerer } = answererOf([{ id: file.receipts[0]!.id, index: 4, cid }], { show: () => Promise.reject(errors[calls++]!) })
    for (let i = 0; i < 4; i++) await answerer.answerAll()
    expect(calls).toBe(2)
  })
})
