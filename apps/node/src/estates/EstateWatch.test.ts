import { MemoryStore } from '@openledger/datanet'
import { buildEpoch, InputError, OrderedTree, receiptLeaf, shareLeaf, StorageError, UnavailableError, verifyProof, writeArtefact, zeroHash, type AttributedReceipt, type Hex, type Share } from '@openledger/protocol'
import type { EpochHeader, ReceiptOpening } from '@openledger/sdk'
import { beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../config/Log.ts'
import { JumpingClock } from '../test/JumpingClock.ts'
import { receiptBundleFixture } from '../test/receiptBundleFixture.ts'
import { EstateWatch, type ClaimOutcome, type EstateChain, type EstateWatchParts } from './EstateWatch.ts'
import { isBefore, type EstateRecords, type FiledClaim, type StandingEpoch } from './FiledClaim.ts'

const gateway = `0x${'ab'.repeat(20)}` as const
const network = { kind: 'openledger/network/1' as const, chainId: 7, rpcUrl: '', deployBlock: 0n, treasury: gateway, contracts: { epochs: gateway, stakes: gateway } as never }
const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const shares: Share[] = [{ payee: gateway, amount: 6n }]
const bundle = receiptBundleFixture(network)
const statement = { ...bundle.receipt.statement, gateway, fee: 6n, shareRoot: new OrderedTree(shares.map(shareLeaf)).root }
const own = { ...bundle, completion: { statement: { receiptId: hash(1), attributionRoot: hash(2), queryHash: hash(3), shareRoot: hash(4), time: 5n }, signature: '0xaa' as Hex }, shares }

let clock: JumpingClock
let content: MemoryStore
let claims: FiledClaim[]
let epochs: StandingEpoch[]
let headers: Map<number, EpochHeader>
let attributed: Map<Hex, AttributedReceipt & { shares: Share[] }>
let asked: number
let read: string[]
let refuted: ReceiptOpening[]
let shown: Hex[]
let outcomes: ClaimOutcome[]
let failing: Error[]

beforeEach(() => {
  clock = new JumpingClock()
  content = new MemoryStore()
  ;[claims, epochs, headers, attributed, asked, read, refuted, shown, outcomes, failing] = [[], [], new Map(), new Map(), 0, [], [], [], [], []]
})

/** Posts an epoch with some receipts at a block; its file is at hand unless `isKept` says otherwise. */
async function post(block: number, receiptIds: Hex[], isKept = true): Promise<void> {
  const index = epochs.length
  const receipts = receiptIds.map((id, i) => ({ id, receipt: { statement: { ...statement, requestHash: hash(99), nonce: BigInt(100 * index + i) }, signature: '0x01' as Hex }, shares }))
  const { lines, balances, total, receiptsRoot, linesRoot, balancesRoot } = buildEpoch(receipts.map(({ id, receipt }) => ({ receiptId: id, node: receipt.statement.node, nonce: receipt.statement.nonce, shareRoot: receipt.statement.shareRoot, shares })), [])
  const bytes = writeArtefact({ kind: 'openledger/epoch/1', chainId: 7, epochs: gateway, gateway, index, previousBalances: [], receipts, lines, balances, total })
  const cid = await (isKept ? content : new MemoryStore()).put(bytes)
  epochs.push({ block, logIndex: 0, index, cid })
  headers.set(index, { index: BigInt(index), receiptsRoot, linesRoot, balancesRoot, total, cumulative: total, lineCount: lines.length, receiptCount: receipts.length, dataHash: zeroHash, finalAt: 99n })
}

const claim = (n: number, block = 900): FiledClaim => ({ block, logIndex: n, gateway, receiptId: hash(n), isAttributed: false, settled: null })

function watch(more: Partial<EstateWatchParts> = {}): EstateWatch {
  const records: EstateRecords = {
    claims: (after, limit) => Promise.resolve(claims.filter((each) => after === null || isBefore(after, each)).slice(0, limit)),
    unindexed: () => Promise.resolve(epochs),
    attributed: (id) => Promise.resolve(attributed.get(id)),
  }
  const orFail = (done: () => void): Promise<void> => {
    const error = failing.shift()
    return error ? Promise.reject(error) : Promise.resolve(done())
  }
  const chain: EstateChain = {
    stands: () => Promise.resolve((asked++, true)),
    header: (_, index) => Promise.resolve(headers.get(index) ?? null),
    refute: (_, __, opening) => orFail(() => refuted.push(opening)),
    attribute: (_, { completion }) => orFail(() => shown.push(completion!.statement.receiptId)),
  }
  const files = { has: (cid: string) => content.has(cid), get: (cid: string) => (read.push(cid), content.get(cid)) }
  return new EstateWatch({ records, content: files, chain, clock, log: silentLog, counted: (outcome) => outcomes.push(outcome), everyMs: 1000, ...more })
}
const refutedIds = (): Hex[] => refuted.map(({ leaf }) => leaf.receiptId)

describe('EstateWatch', () => {
  it('refutes a claim by the file of an epoch of another gateway, with its proof, once', async () => {
    await post(1, [hash(1), hash(2), hash(3)])
    claims = [claim(2)]
    const estates = watch()
    await estates.look()
    await estates.look()
    expect(refutedIds()).toEqual([hash(2)])
    expect(verifyProof(headers.get(0)!.receiptsRoot, receiptLeaf(refuted[0]!.leaf), refuted[0]!.proof)).toBe(true)
    expect(outcomes).toEqual(['refuted'])
  })

  it('asks the chain nothing about claims that nothing disproves: no epoch, no file, another place in the file, an epoch after the claim', async () => {
    await post(1, [hash(1)])
    await post(2, [hash(3)], false)
    await post(950, [hash(4)])
    claims = [claim(2), claim(3), claim(4), claim(99)]
    const estates = watch()
    for (let i = 0; i < 3; i++) await estates.look()
    expect(refuted).toEqual([])
    // The hash of request 99 stands in the files, and is no receipt of theirs.
    expect([asked, outcomes]).toEqual([0, []])
  })

  it('sends nothing by a file of an epoch that the chain does not hold', async () => {
    await post(1, [hash(1)])
    claims = [claim(1)]
    for (const header of [{ ...headers.get(0)!, receiptsRoot: zeroHash }, undefined]) {
      if (header) headers.set(0, header)
      else headers.delete(0)
      await watch().look()
    }
    expect(refuted).toEqual([])
  })

  it('reads a few files in each look, each once for all claims, and none again for a claim that it has searched', async () => {
    for (let i = 0; i < 10; i++) await post(i, [hash(100 + i)])
    claims = [claim(1), claim(109), claim(102)].sort((a, b) => a.logIndex - b.logIndex)
    const estates = watch({ epochsPerLook: 4 })
    await estates.look()
    // One that joins now begins with the fifth epoch, and sees the first ones last.
    claims.push({ ...claim(101), logIndex: 500 })
    for (let i = 0; i < 6; i++) await estates.look()
    expect(refutedIds().sort()).toEqual([hash(101), hash(102), hash(109)])
    // All ten for the first three, the first two once more for the one that joined, and those that are shown.
    expect(read.length).toBe(10 + 2 + 3)
  })

  it('waits for a store that is away, and passes over a file that is damaged', async () => {
    for (let i = 0; i < 3; i++) await post(i, [hash(100 + i)])
    claims = [claim(102)]
    const [first, second] = epochs.map(({ cid }) => cid)
    let away = true
    const get = (cid: string): Promise<Uint8Array> => {
      if (cid === first) return Promise.reject(new StorageError('CORRUPT_CONTENT', 'other bytes', { action: 'fix' }))
      return cid === second && away ? Promise.reject(new StorageError('STORE_AWAY', 'away', { action: 'retry' })) : content.get(cid)
    }
    const estates = watch({ content: { has: (cid) => content.has(cid), get } })
    for (let i = 0; i < 3; i++) await estates.look()
    expect(refuted).toEqual([])
    away = false
    await estates.look()
    expect(refutedIds()).toEqual([hash(102)])
  })

  it('takes a flood in parts, and looks that wait together are one', async () => {
    await post(1, [hash(5000)])
    claims = Array.from({ length: 1000 }, (_, i) => claim(1 + i))
    claims.push(claim(5000))
    const estates = watch({ claimsPerLook: 300 })
    await Promise.all(Array.from({ length: 50 }, () => estates.look()))
    expect(refuted).toEqual([])
    for (let i = 0; i < 4; i++) await estates.look()
    expect(refutedIds()).toEqual([hash(5000)])
    expect(asked).toBe(1)
    expect(read.length).toBeLessThan(8)
  })

  it('tries again what failed, and gives up what somebody else did or what is too late', async () => {
    await post(1, [hash(1), hash(2)])
    claims = [claim(1), claim(2)]
    failing = [new UnavailableError('CHAIN_AWAY', 'away'), new InputError('NO_CLAIM', 'refuted by another'), new InputError('NO_FUNDS', 'no coins'), new InputError('TOO_LATE', 'too late')]
    const estates = watch()
    for (let i = 0; i < 5; i++) await estates.look()
    expect(failing).toEqual([])
    expect(refuted).toEqual([])
    expect(outcomes).toEqual(['failed', 'failed'])
  })

  it('gives a claimed receipt its attribution, once, and not beside another one', async () => {
    for (const n of [1, 2]) attributed.set(hash(n), own)
    claims = [claim(1), { ...claim(2), isAttributed: true }, claim(3)]
    const estates = watch()
    await estates.look()
    await estates.look()
    expect(shown).toEqual([hash(1)])
    expect(outcomes).toEqual(['attributed'])
  })

  it('refutes rather than attributes what an index says was settled', async () => {
    await post(1, [hash(1)])
    attributed.set(hash(1), own)
    claims = [{ ...claim(1), settled: { index: 0, cid: epochs[0]!.cid } }]
    epochs = []
    await watch().look()
    expect([refutedIds(), shown]).toEqual([[hash(1)], []])
  })

  it('looks again and again, also after the records were away', async () => {
    await post(1, [hash(1)])
    let away = true
    const estates = watch({ records: { claims: () => (away ? Promise.reject(new UnavailableError('DATABASE_AWAY', 'away')) : Promise.resolve(claims)), unindexed: () => Promise.resolve(epochs), attributed: () => Promise.resolve(undefined) } })
    estates.start()
    await clock.until(() => clock.time >= 5000)
    away = false
    claims = [claim(1)]
    await clock.until(() => refuted.length === 1)
    await estates.close()
  })
})
