import { checkPromise, zeroHash, type Hex } from '@openledger/protocol'
import { privateKeyToAccount } from 'viem/accounts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
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
  let now: number
  let book: PromiseBook

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'openledger-promises-'))
    database = await openDatabase()
    ;({ query } = database)
    now = 5_000_500
    let seq = 0
    book = new PromiseBook({ network, account, query, seconds, shown: () => Promise.resolve(), clock: { now: () => now, sleep: () => Promise.resolve() }, log: silentLog, keep: (data) => database.write(moneyProjections.promise.together([{ seq: ++seq, time: now, type: 'promise', data }])) })
    for (const [n, total, deadline] of [[1, 30, null], [2, 50, 9_000], [3, 60, null]] as const) {
      await query(`insert into receipts values ($1,$2,'n',$7,$3,'d','m',$4,$5,0,'{}','{}','none',$6)`, [id(n), n, channelId, n === 1 ? 30 : n === 2 ? 20 : 10, total, deadline, n])
    }
  })

  afterAll(async () => {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })

  const paid = (cumulative: number): Promise<unknown> => query(`insert into vouchers values ($1,$2,'0x',0) on conflict (channel_id) do update set cumulative = excluded.cumulative`, [channelId, cumulative])

  it('promises nothing that was not paid for, or that is settled', async () => {
    await book.promise(channelId)
    expect(await book.openOf(channelId)).toEqual([])
    await expect(book.find(id(1))).rejects.toMatchObject({ code: 'NO_PROMISE' })
    await paid(50)
    await query(`insert into epoch_receipts values ($1,'g',0)`, [id(1)])
    await book.promise(channelId)
    await expect(book.find(id(1))).rejects.toMatchObject({ code: 'NO_PROMISE' })
    await expect(book.find(id(3))).rejects.toMatchObject({ code: 'NO_PROMISE' })
    expect((await book.find(id(2))).statement.fee).toBe(20n)
  })

  it('promises each paid receipt once, after its attribution can be closed', async () => {
    // The epoch fell: its receipts wait for the next one.
    await query(`delete from epoch_receipts`)
    await book.resume()
    await Promise.all([book.promise(channelId), book.promise(channelId)])
    now += 1_000_000
    await book.promise(channelId)
    const open = await book.openOf(channelId)
    expect(open.map(({ statement }) => [statement.receiptId, statement.fee, statement.includeBy])).toEqual([
      [id(2), 20n, 9_100n],
      [id(1), 30n, 5_101n],
    ])
    for (const promise of open) await checkPromise(promise, { chainId: 7, epochs, gateway: account.address, receiptId: promise.statement.receiptId, fee: promise.statement.fee })
    await expect(checkPromise({ ...open[0]!, statement: { ...open[0]!.statement, includeBy: 9n } }, { chainId: 7, epochs, gateway: account.address, receiptId: id(2), fee: 20n })).rejects.toMatchObject({ code: 'BAD_SIGNATURE' })
    await expect(checkPromise(open[0]!, { chainId: 7, epochs, gateway: account.address, receiptId: zeroHash, fee: 20n })).rejects.toMatchObject({ code: 'WRONG_PROMISE' })
    await paid(60)
    await book.promise(channelId)
    expect((await book.find(id(3))).statement.fee).toBe(10n)
  })

  /** Adds paid receipts to channels of their own, and begins anew with the promises. */
  const begin = async (first: number, keep?: (kept: string) => Promise<void>): Promise<{ later: PromiseBook; channels: Hex[]; promised: () => Promise<string[]> }> => {
    const channels = [first, first + 1].map(hash)
    for (const [n, channel] of channels.entries()) {
      await query(`insert into receipts values ($1,$2,'n',$4,$3,'d','m',7,7,0,'{}','{}','none',null)`, [hash(100 + first + n), first + n, channel, first + n])
      await query(`insert into vouchers values ($1,7,'0x',0)`, [channel])
    }
    const later = new PromiseBook({ network, account, query, seconds, shown: () => Promise.resolve(), clock: { now: () => now, sleep: (_, signal) => systemClock.sleep(60_000, signal) }, log: silentLog, keep: async (data) => (await keep?.(data.receiptId), await database.write(moneyProjections.promise.together([{ seq: 99, time: now, type: 'promise', data }]))) })
    const promised = async (): Promise<string[]> => (await query<{ receipt_id: string }>(`select receipt_id from promises where channel_id in ($1, $2) order by 1`, channels)).map((row) => row.receipt_id)
    return { later, channels, promised }
  }

  it('makes what is due together, at its end at the latest', async () => {
    const { later, channels, promised } = await begin(10)
    for (const channel of channels) later.due(channel)
    expect(await promised()).toEqual([])
    await later.close()
    expect(await promised()).toEqual([hash(110), hash(111)])
  })

  it('makes what a voucher was kept for before it was ended', async () => {
    const { later, promised } = await begin(20)
    void later.resume()
    await later.close()
    expect(await promised()).toEqual([hash(120), hash(121)])
  })

  it('makes a promise that is asked for and was not made', async () => {
    const { later, promised } = await begin(30)
    expect((await later.find(hash(131))).statement).toMatchObject({ receiptId: hash(131), fee: 7n })
    expect(await promised()).toEqual([hash(131)])
    await expect(later.find(hash(999))).rejects.toMatchObject({ code: 'NO_PROMISE' })
  })

  it('makes with the next one what could not be kept', async () => {
    let isFull = true
    const { later, channels, promised } = await begin(40, (kept) => (isFull && kept === hash(140) ? Promise.reject(new Error('the disk is full')) : Promise.resolve()))
    await expect(later.promise(channels[0]!)).rejects.toThrow('full')
    isFull = false
    await later.promise(channels[0]!)
    later.due(channels[1]!)
    await later.close()
    expect(await promised()).toEqual([hash(140), hash(141)])
  })
})
