import { checkPromise, zeroHash, type Hex } from '@openledger/protocol'
import { privateKeyToAccount } from 'viem/accounts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database, Query } from '../database/Database.ts'
import { PromiseBook } from './PromiseBook.ts'
import { moneyProjections } from '../ledger/projections/moneyProjections.ts'
import { describeDatabases } from '../test/describeDatabases.ts'

const account = privateKeyToAccount(`0x${'33'.repeat(32)}`)
const epochs = `0x${'e0'.repeat(20)}` as const
const network = { chainId: 7, contracts: { epochs } as never }
const channelId = `0x${'c1'.repeat(32)}` as Hex
const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const id = (n: number): Hex => `0x${String(n).repeat(64)}`
const seconds = 100
describeDatabases('PromiseBook', (openDatabase) => {
  let folder: string
  let database: Database
  let query: Query
  let book: PromiseBook

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'openledger-promises-'))
    database = await openDatabase()
    ;({ query } = database)
    book = new PromiseBook({ network, account, query, seconds, keep: (data) => database.write(moneyProjections.promise.together([{ seq: 0, time: 0, type: 'promise', data }])) })
    for (const [n, total, deadline] of [[1, 30, null], [2, 50, 9_000], [3, 60, null]] as const) {
      await query(`insert into receipts values ($1,$2,'n',$7,$3,'d','m',$4,$5,0,'{}','{}','none',$6)`, [id(n), n, channelId, n === 1 ? 30 : n === 2 ? 20 : 10, total, deadline, n])
    }
  })

  afterAll(async () => {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** @param at Unix milliseconds */
  const paid = (cumulative: number, at: number, channel = channelId): Promise<void> =>
    database.write(moneyProjections.voucher.together([{ seq: 0, time: at, type: 'voucher', data: { channelId: channel, cumulative: String(cumulative), signature: '0x' } }]))

  it('promises nothing that was not paid for, or that is settled', async () => {
    await book.promise(channelId)
    expect(await book.openOf(channelId)).toEqual([])
    await expect(book.find(id(1))).rejects.toMatchObject({ code: 'NO_PROMISE' })
    await paid(50, 5_000_500)
    await query(`insert into epoch_receipts values ($1,'g',0)`, [id(1)])
    await book.promise(channelId)
    await expect(book.find(id(1))).rejects.toMatchObject({ code: 'NO_PROMISE' })
    await expect(book.find(id(3))).rejects.toMatchObject({ code: 'NO_PROMISE' })
    expect((await book.find(id(2))).statement.fee).toBe(20n)
  })

  it('promises each paid receipt once, after its attribution can be closed', async () => {
    // The epoch fell: its receipts wait for the next one, and have until then what a payment of now would give them.
    await moneyProjections.epochVoided(query, { seq: 0, time: 6_000_200, type: 'epochVoided', data: { gateway: 'g', index: 0 } } as never, {} as never)
    book.lookAgain()
    await Promise.all([book.promise(channelId), book.promise(channelId)])
    const open = await book.openOf(channelId)
    expect(open.map(({ statement }) => [statement.receiptId, statement.fee, statement.includeBy])).toEqual([
      [id(2), 20n, 9_100n],
      [id(1), 30n, 6_101n],
    ])
    for (const promise of open) await checkPromise(promise, { chainId: 7, epochs, gateway: account.address, receiptId: promise.statement.receiptId, fee: promise.statement.fee })
    await expect(checkPromise({ ...open[0]!, statement: { ...open[0]!.statement, includeBy: 9n } }, { chainId: 7, epochs, gateway: account.address, receiptId: id(2), fee: 20n })).rejects.toMatchObject({ code: 'BAD_SIGNATURE' })
    await expect(checkPromise(open[0]!, { chainId: 7, epochs, gateway: account.address, receiptId: zeroHash, fee: 20n })).rejects.toMatchObject({ code: 'WRONG_PROMISE' })
    await paid(60, 7_000_000)
    await book.promise(channelId)
    expect((await book.find(id(3))).statement).toMatchObject({ fee: 10n, includeBy: 7_100n })
  })

  /** Adds a channel with so many receipts of a fee of 10. */
  const channelWith = async (count: number, first: number): Promise<Hex> => {
    const channel = hash(first)
    for (let n = 1; n <= count; n++) await query(`insert into receipts values ($1,$2,'n',$5,$3,'d','m',10,$4,0,'{}','{}','none',null)`, [hash(first + n), first + n, channel, 10 * n, first + n])
    return channel
  }
  const datesOf = async (channel: Hex): Promise<number[]> => (await book.openOf(channel)).map(({ statement }) => Number(statement.includeBy))

  it('dates a promise by the voucher that paid for the receipt, whenever it is asked for', async () => {
    const channel = await channelWith(3, 1000)
    await paid(10, 1_000, channel)
    await paid(30, 8_000, channel)
    expect((await book.find(hash(1001))).statement.includeBy).toBe(101n)
    await book.promise(channel)
    expect(await datesOf(channel)).toEqual([108, 108, 101])
  })

  it('moves what fell with an epoch, and leaves what was paid for before', async () => {
    const channel = await channelWith(3, 2000)
    for (const n of [1, 2, 3]) await paid(10 * n, 1000 * n, channel)
    await query(`insert into epoch_receipts values ($1,'h',4)`, [hash(2002)])
    await moneyProjections.epochVoided(query, { seq: 0, time: 50_000, type: 'epochVoided', data: { gateway: 'h', index: 4 } } as never, {} as never)
    await book.promise(channel)
    expect(await datesOf(channel)).toEqual([150, 150, 101])
  })

  it('makes no more than it gives out; the rest when somebody asks', async () => {
    const channel = await channelWith(103, 3000)
    await paid(1030, 1_000, channel)
    await book.promise(channel)
    const made = async (): Promise<number> => (await query<{ n: number }>(`select count(*)::integer as n from promises where channel_id = $1`, [channel]))[0]!.n
    expect(await made()).toBe(100)
    await book.promise(channel)
    expect(await made()).toBe(100)
    expect((await book.find(hash(3001))).statement.fee).toBe(10n)
    await expect(book.find(hash(999))).rejects.toMatchObject({ code: 'NO_PROMISE' })
  })

  it('makes later what could not be kept', async () => {
    const channel = await channelWith(2, 4000)
    await paid(20, 1_000, channel)
    let isFull = true
    const keep = (data: { receiptId: Hex }): Promise<void> => (isFull && data.receiptId === hash(4001) ? Promise.reject(new Error('the disk is full')) : database.write(moneyProjections.promise.together([{ seq: 0, time: 0, type: 'promise', data: data as never }])))
    const poor = new PromiseBook({ network, account, query, seconds, keep })
    await expect(poor.promise(channel)).rejects.toThrow('full')
    isFull = false
    await poor.promise(channel)
    expect(await datesOf(channel)).toEqual([101, 101])
  })
})
