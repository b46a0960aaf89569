import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { cidOfDigest, writeArtefact, zeroHash, type Hex, type Json } from '@openledger/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../config/Log.ts'
import type { Database } from '../database/Database.ts'
import { openPglite } from '../database/openPglite.ts'
import { receiptBundleFixture } from '../test/receiptBundleFixture.ts'
import { claimsAgainst, tableRecords } from './tableRecords.ts'

const [own, other] = [`0x${'ab'.repeat(20)}`, `0x${'cd'.repeat(20)}`] as const
const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const network = { kind: 'openledger/network/1' as const, chainId: 7, rpcUrl: '', deployBlock: 0n, treasury: own, contracts: { epochs: own, stakes: own } as never }

let folder: string
let database: Database
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'estates-'))
  database = await openPglite(path.join(folder, 'db'), silentLog)
}, 60_000)
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  for (const table of ['chain_events', 'chain_blocks', 'receipts', 'epochs', 'epoch_receipts']) await database.query(`delete from ${table}`)
  await database.query(`insert into chain_blocks values (1000, '0x', 5000)`)
})

const event = (block: number, name: string, args: Json): Promise<unknown> => database.query(`insert into chain_events values ($1, 0, '0x', $1, $2, $3)`, [block, name, JSON.stringify(args)])
const file = (block: number, n: number, { gateway = own, answerBy = 6000, attribution = zeroHash }: { gateway?: string; answerBy?: number; attribution?: Hex } = {}): Promise<unknown> =>
  event(block, 'Estates.ClaimFiled', { gateway, receiptId: hash(n), round: '0', claim: { answerBy, attribution } })
const post = (block: number, index: number, gateway: string = own): Promise<unknown> =>
  event(block, 'Epochs.EpochPosted', { gateway, index: String(index), epoch: { receiptsRoot: hash(70 + index), dataHash: hash(80 + index) } })
async function keepEpoch(index: number, receipts: number[]): Promise<void> {
  await database.query(`insert into epochs values ($1, $2, $3, '0x', $4, '0x', '0x', 0, 0, 0, '[]', 'built', 0)`, [own, index, `cid${index}`, hash(70 + index)])
  for (const n of receipts) await database.query(`insert into epoch_receipts values ($1, $2, $3)`, [hash(n), own, index])
}
const claims = async (limit = 100) => (await tableRecords(database.query, own).claims(null, limit)).map(({ receiptId, settled, isAttributed }) => [Number(receiptId), settled?.cid ?? null, isAttributed])

describe('tableRecords', () => {
  it('name the claims that can still be refuted, in order and in parts', async () => {
    await file(1, 1)
    await file(2, 2, { answerBy: 4999 })
    await file(3, 3, { gateway: other })
    await file(4, 4)
    await event(5, 'Estates.ClaimRefuted', { gateway: own, receiptId: hash(4) })
    await file(6, 5)
    await event(7, 'Estates.ClaimWithdrawn', { gateway: own, receiptId: hash(5) })
    await file(8, 5)
    await event(9, 'Estates.ClaimRefuted', { gateway: other, receiptId: hash(1) })
    expect(await claims()).toEqual([[1, null, false], [3, null, false], [5, null, false]])
    const records = tableRecords(database.query, own)
    const [first] = await records.claims(null, 1)
    expect(first).toEqual({ block: 1, logIndex: 0, gateway: own, receiptId: hash(1), isAttributed: false, settled: null })
    expect((await records.claims(first!, 1)).map(({ block }) => block)).toEqual([3])
  })

  it('say which epoch settled a receipt: one that was posted, by this gateway, before the claim', async () => {
    for (const [index, receipts] of [[1, 2], [3], [4]].entries()) await keepEpoch(index, receipts)
    await post(1, 0)
    await post(50, 2)
    await file(2, 1)
    await file(3, 2, { gateway: other })
    await file(4, 3)
    await file(5, 4)
    expect(await claims()).toEqual([[1, 'cid0', false], [2, null, false], [3, null, false], [4, null, false]])
  })

  it('say which claims have their attribution, and give those that they have', async () => {
    await file(1, 1)
    await file(2, 2, { attribution: hash(9) })
    await file(3, 3)
    await event(4, 'Estates.ClaimAttributed', { gateway: own, receiptId: hash(3), attribution: hash(9) })
    expect(await claims()).toEqual([[1, null, false], [2, null, true], [3, null, true]])
    const completion = { statement: { receiptId: hash(1), attributionRoot: hash(2), queryHash: hash(3), shareRoot: hash(4), time: 5n }, signature: '0xaa' as Hex }
    const text = new TextDecoder().decode(writeArtefact({ ...receiptBundleFixture(network), attributionDeadline: 9, completion }))
    for (const [n, stage] of [[1, 'complete'], [2, 'pending']] as const) await database.query(`insert into receipts values ($1, $2, '', 0, '', '', '', 0, 0, 0, $3, '{}', $4, null)`, [hash(n), n, text, stage])
    const records = tableRecords(database.query, own)
    expect(await records.attributed(hash(1))).toMatchObject({ completion, attributionDeadline: 9, shares: [] })
    for (const n of [2, 3]) expect(await records.attributed(hash(n))).toBeUndefined()
  })

  it('name the epochs of other gateways that stand, and none of their own, which are indexed', async () => {
    await post(1, 0, other)
    await post(2, 1, other)
    await post(3, 2, other)
    await event(4, 'Epochs.EpochVoided', { gateway: other, index: '1' })
    await post(5, 1, other)
    await post(6, 0)
    const records = tableRecords(database.query, own)
    expect(await records.unindexed(other)).toEqual([0, 1].map((index) => ({ block: index === 0 ? 1 : 5, logIndex: 0, index, cid: cidOfDigest(hash(80 + index)) })))
    expect(await records.unindexed(own)).toEqual([])
  })

  it('count what stands against a gateway: not what was refuted, taken back or lapsed', async () => {
    await file(1, 1)
    await post(2, 0)
    expect(await claimsAgainst(database.query, own)).toBe(0)
    await file(3, 2, { answerBy: 1 })
    await file(4, 3)
    await file(5, 4, { gateway: other })
    expect(await claimsAgainst(database.query, own)).toBe(2)
    await event(6, 'Estates.ClaimRefuted', { gateway: own, receiptId: hash(3) })
    expect(await claimsAgainst(database.query, own)).toBe(1)
  })
})
