import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { StorageError } from '@openledger/protocol'
import { silentLog } from '../config/Log.ts'
import type { Database, Query } from '../database/Database.ts'
import { Journal } from '../journal/Journal.ts'
import { datanetProjections } from './projections/datanetProjections.ts'
import { modelProjections } from './projections/modelProjections.ts'
import { moneyProjections } from './projections/moneyProjections.ts'
import { Ledger } from './Ledger.ts'
import { describeDatabases } from '../test/describeDatabases.ts'

const projections = { ...datanetProjections, ...modelProjections, ...moneyProjections }
const channelId = `0x${'0c'.repeat(32)}` as const
describeDatabases('Ledger', (openDatabase) => {
  let folder: string
  let database: Database
  let journal: Journal
  let round = 0
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'ledger-'))
    database = await openDatabase()
  }, 60_000)
  afterAll(async () => {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    await database.reset()
    journal = await Journal.open({ folder: path.join(folder, `journal${round++}`) })
  })
  afterEach(() => journal.close())
  const open = (shownIn = database): Promise<Ledger> => Ledger.open({ journal, database: shownIn, projections, sources: { content: () => Promise.reject(new Error('no files here')) }, log: silentLog })
  const vouchers = async (): Promise<string[]> => (await database.query<{ cumulative: string }>(`select cumulative::text from vouchers`)).map((row) => row.cumulative)
  /** Its file is nowhere. */
  const unshowable = { id: channelId, datanetId: '1', contributor: '0x00' as never, commitment: channelId, count: 0, licence: 'x', consent: 2 as const, cid: 'missing', verdicts: [] }
  const voucher = (cumulative: string) => ({ channelId, cumulative, signature: '0x01' as const })

  it('shows a fact when it is recorded, and tells those who listen', async () => {
    const ledger = await open()
    const heard: string[] = []
    const stop = ledger.onFact((fact) => heard.push(fact.type))
    await ledger.record('voucher', voucher('5'))
    stop()
    await ledger.record('voucher', voucher('7'))
    expect(await vouchers()).toEqual(['7'])
    expect(heard).toEqual(['voucher'])
    expect(ledger.state).toEqual({ shown: 2, recorded: 2, failure: undefined })
  })

  it('brings tables up that are behind, empty or ahead of the journal', async () => {
    const ledger = await open()
    for (let i = 1; i <= 450; i++) await journal.append('voucher', voucher(String(i)))
    expect(ledger.state.shown).toBe(0)
    await open()
    expect(await vouchers()).toEqual(['450'])
    await database.reset()
    await open()
    expect(await vouchers()).toEqual(['450'])
    await database.query(`update cursors set value = '999' where name = 'journal'`)
    await database.query(`update vouchers set cumulative = 999`)
    expect((await open()).state.shown).toBe(450)
    expect(await vouchers()).toEqual(['450'])
  })

  it('keeps the order of facts that arrive together', async () => {
    const ledger = await open()
    await Promise.all([3, 1, 2].map((n) => ledger.record('metadata', { datanetId: '1', name: `name ${n}`, description: '', cid: 'c' })))
    const [row] = await database.query<{ name: string }>(`select name from datanet_metadata`)
    const last: string[] = []
    for await (const entry of journal.read()) last.push((entry.data as { name: string }).name)
    expect(row!.name).toBe(last.at(-1))
  })

  it('shows facts that arrive together in one transaction', async () => {
    let transactions = 0
    const counted: Database = { ...database, write: (statements) => (transactions++, database.write(statements)) }
    const ledger = await open(counted)
    await Promise.all(Array.from({ length: 50 }, (_, i) => ledger.record('voucher', voucher(String(i + 1)))))
    expect(await vouchers()).toEqual(['50'])
    expect(ledger.state.shown).toBe(50)
    // The first may be on the disk before the others come.
    expect(transactions).toBeLessThanOrEqual(2)
  })

  it('shows what it keeps with the next fact, or soon, or when somebody waits for it', async () => {
    let writes = 0
    const counted: Database = { ...database, write: (statements) => (writes++, database.write(statements)) }
    let wake: () => void = () => undefined
    const clock = { now: () => 0, sleep: () => new Promise<void>((resolve) => (wake = resolve)) }
    const ledger = await Ledger.open({ journal, database: counted, projections, sources: { content: () => Promise.reject(new Error('no files here')) }, log: silentLog, clock })
    const heard: string[] = []
    ledger.onFact((fact) => heard.push((fact.data as { cumulative: string }).cumulative))
    await ledger.keep('voucher', voucher('1'))
    expect(ledger.state).toMatchObject({ shown: 0, recorded: 1 })
    await ledger.record('voucher', voucher('2'))
    expect(await vouchers()).toEqual(['2'])
    expect(writes).toBe(1)
    await ledger.keep('voucher', voucher('3'))
    wake()
    await expect.poll(vouchers).toEqual(['3'])
    await ledger.keep('voucher', voucher('4'))
    await ledger.settled()
    expect(await vouchers()).toEqual(['4'])
    await ledger.keep('voucher', voucher('5'))
    await ledger.close()
    expect(await vouchers()).toEqual(['5'])
    expect(heard).toEqual(['1', '2', '3', '4', '5'])
  })

  it('is read with all that was kept before, and shows it by itself when much waits', async () => {
    const clock = { now: () => 0, sleep: () => new Promise<never>(() => undefined) }
    const ledger = await Ledger.open({ journal, database, projections, sources: { content: () => Promise.reject(new Error('no files here')) }, log: silentLog, clock })
    const keep = (first: number, last: number): Promise<unknown> => Promise.all(Array.from({ length: last - first + 1 }, (_, i) => ledger.keep('voucher', voucher(String(first + i)))))
    await keep(1, 1)
    expect(await vouchers()).toEqual([])
    expect(await ledger.query(`select cumulative::text from vouchers`)).toEqual([{ cumulative: '1' }])
    await keep(2, 64)
    expect(await vouchers()).toEqual(['1'])
    await keep(65, 65)
    await expect.poll(vouchers).toEqual(['65'])
  })

  it('does not let more wait than it can show', async () => {
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    const slow: Database = { ...database, write: (statements) => gate.then(() => database.write(statements)) }
    const ledger = await Ledger.open({ journal, database: slow, projections, sources: { content: () => Promise.reject(new Error('no files here')) }, log: silentLog })
    let kept = 0
    const keep = (cumulative: number): Promise<unknown> => ledger.keep('voucher', voucher(String(cumulative))).then(() => kept++)
    // The first 64 are being shown, then 999 wait; whoever keeps one more waits with them.
    await Promise.all(Array.from({ length: 64 }, (_, i) => keep(i + 1)))
    await Promise.all(Array.from({ length: 999 }, (_, i) => keep(i + 65)))
    const last = keep(1064)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(kept).toBe(1063)
    open()
    await last
    expect(await vouchers()).toEqual(['1064'])
  })

  it('shows those before a fact that cannot be shown, also where they arrive together', async () => {
    const ledger = await open()
    await Promise.all([ledger.record('voucher', voucher('1')), ledger.record('voucher', voucher('2')), ledger.record('contribution', unshowable), ledger.record('voucher', voucher('3'))])
    expect(await vouchers()).toEqual(['2'])
    expect(ledger.state).toMatchObject({ shown: 2, recorded: 4, failure: { code: 'DATABASE_BEHIND' } })
  })

  it('a fact that cannot be shown is kept, and what follows waits for it', async () => {
    const ledger = await open()
    await ledger.record('contribution', unshowable)
    expect(ledger.state).toMatchObject({ shown: 0, recorded: 1, failure: { code: 'DATABASE_BEHIND' } })
    await ledger.record('voucher', voucher('5'))
    expect(await vouchers()).toEqual([])
    await expect(open()).rejects.toThrow('no files here')
  })

  it.each([{ isJoint: true }, { isJoint: false }])('shows a fact once where the database does not say whether it kept it, and shows what waited when it is back (jointly: $isJoint)', async ({ isJoint }) => {
    let fault: 'none' | 'unsure' | 'away' = 'none'
    const faulty: Database = {
      ...database,
      transaction: (work) => faulted(() => database.transaction(work)),
      write: (statements) => faulted(() => database.write(statements)),
    }
    const faulted = async <T>(work: () => Promise<T>): Promise<T> => {
      if (fault === 'away') throw new StorageError('DATABASE_AWAY', 'away', { action: 'retry' })
      const result = await work()
      if (fault === 'none') return result
      fault = 'none'
      throw new StorageError('DATABASE_UNSURE', 'cut off while it committed', { action: 'retry' })
    }
    const see = (seq: number) => ({ sql: `insert into cursors values ($1, '1')`, params: [`seen ${seq}`] })
    const seen = { ...projections, voucher: isJoint ? { together: (facts: readonly { seq: number }[]) => facts.map(({ seq }) => see(seq)) } : async (query: Query, { seq }: { seq: number }) => void (await query(see(seq).sql, see(seq).params)) }
    const ledger = await Ledger.open({ journal, database: faulty, projections: seen, sources: { content: () => Promise.reject(new Error('no files here')) }, log: silentLog, clock: { now: () => 0, sleep: () => new Promise((resolve) => setTimeout(resolve, 5)) } })
    fault = 'unsure'
    await ledger.record('voucher', voucher('1'))
    expect(ledger.state).toEqual({ shown: 1, recorded: 1, failure: undefined })
    fault = 'away'
    await ledger.record('voucher', voucher('2'))
    await ledger.record('voucher', voucher('3'))
    expect(ledger.state).toMatchObject({ shown: 1, recorded: 3, failure: { code: 'DATABASE_BEHIND' } })
    fault = 'none'
    await expect.poll(() => ledger.state).toEqual({ shown: 3, recorded: 3, failure: undefined })
    expect(await database.query(`select name from cursors where name like 'seen%' order by name`)).toEqual([{ name: 'seen 1' }, { name: 'seen 2' }, { name: 'seen 3' }])
    await ledger.close()
  })

  it('does not guess at facts of another version', async () => {
    await journal.append('somethingNew', {})
    await expect(open()).rejects.toMatchObject({ code: 'UNKNOWN_FACT' })
  })
})
