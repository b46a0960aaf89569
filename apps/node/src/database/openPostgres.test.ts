import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { jsonLog, silentLog } from '../config/Log.ts'
import { noPostgres, postgresSource, startPostgres, type TestPostgres } from '../test/startPostgres.ts'
import type { Database } from './Database.ts'
import { openPostgres, type PostgresOptions } from './openPostgres.ts'

describe.skipIf(!postgresSource)(`openPostgres${postgresSource ? '' : ` (skipped: ${noPostgres})`}`, () => {
  let server: TestPostgres
  const opened: Database[] = []
  const children: ChildProcess[] = []
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    for (const database of opened.splice(0)) await database.close()
  })
  afterAll(() => server.stop())

  const open = async (url: string, more: Partial<PostgresOptions> = {}): Promise<Database> => {
    const database = await openPostgres({ url, owner: 'a', log: silentLog, waitMs: 0, ...more })
    opened.push(database)
    return database
  }
  const admin = async (url: string, sql: string): Promise<unknown[]> => {
    const client = new Client({ connectionString: url })
    await client.connect()
    return client.query(sql).then(({ rows }) => rows as unknown[]).finally(() => client.end())
  }
  /** Starts another process on the database; its first line is "held" or the code of its refusal. */
  const hold = async (url: string): Promise<{ child: ChildProcess; said: string }> => {
    const loader = createRequire(import.meta.url).resolve('tsx')
    const child = spawn(process.execPath, ['--import', loader, fileURLToPath(new URL('../test/holdPostgres.ts', import.meta.url)), url, 'a'], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    return { child, said: String(line).trim() }
  }
  const cutSessions = (url: string): Promise<unknown> => admin(url, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)

  it('keeps tables over a new start, and makes them anew when their schema is another', async () => {
    const url = await server.newDatabase()
    const first = await open(url)
    await first.query(`insert into cursors values ('x','1')`)
    await first.close()
    opened.pop()
    const second = await open(url)
    expect(await second.query(`select value from cursors where name = 'x'`)).toEqual([{ value: '1' }])
    await second.query(`update cursors set value = 'older' where name = 'schema'`)
    await second.close()
    opened.pop()
    expect(await (await open(url)).query(`select value from cursors where name = 'x'`)).toEqual([])
  })

  it('of several that start at once on an empty database, one has it and the others say so', async () => {
    const url = await server.newDatabase()
    const said = await Promise.all([1, 2, 3, 4].map(() => open(url).then(() => 'open', (error: { code: string }) => error.code)))
    expect(said.sort()).toEqual(['DATABASE_LOCKED', 'DATABASE_LOCKED', 'DATABASE_LOCKED', 'open'])
  })

  it('names the process that has it, and has it free when that is killed', async () => {
    const url = await server.newDatabase()
    const { child, said } = await hold(url)
    expect(said).toBe('held')
    await expect(open(url)).rejects.toMatchObject({ code: 'DATABASE_LOCKED', status: 409, message: expect.stringContaining(`process ${child.pid} on `) })
    child.kill('SIGKILL')
    await (await open(url, { waitMs: 5000 })).query('select 1')
  })

  it('refuses the tables of another node, and a schema that is not ours, without touching them', async () => {
    const url = await server.newDatabase()
    const mine = await open(url)
    await mine.query(`insert into cursors values ('mine','1')`)
    await mine.close()
    opened.pop()
    await expect(open(url, { owner: 'b' })).rejects.toMatchObject({ code: 'DATABASE_OF_ANOTHER' })
    expect(await (await open(url)).query(`select value from cursors where name = 'mine'`)).toEqual([{ value: '1' }])
    const foreign = await server.newDatabase()
    await admin(foreign, `create schema ledger; create table ledger.books (id int); insert into ledger.books values (1)`)
    await expect(open(foreign)).rejects.toMatchObject({ code: 'DATABASE_FOREIGN' })
    expect(await admin(foreign, `select id from ledger.books`)).toEqual([{ id: 1 }])
  })

  it('goes on after its sessions were cut, in the middle of a transaction too', async () => {
    const url = await server.newDatabase()
    const database = await open(url)
    let tries = 0
    await database.transaction(async (query) => {
      tries++
      await query(`insert into cursors values ('x','1')`)
      if (tries === 1) await cutSessions(url)
      await query(`insert into cursors values ('y','1')`)
    })
    expect(tries).toBe(2)
    expect(await database.query(`select name from cursors where name in ('x','y') order by 1`)).toEqual([{ name: 'x' }, { name: 'y' }])
    // The lock was taken again as well.
    await expect.poll(() => open(url).then(() => 'open', (error: { code: string }) => error.code), { timeout: 5000 }).toBe('DATABASE_LOCKED')
  })

  it.each([{ isWritten: false }, { isWritten: true }])('a process that was cut off writes nothing once another has the database (in one message: $isWritten)', async ({ isWritten }) => {
    const url = await server.newDatabase()
    const database = await open(url, { patienceMs: 2000 })
    await admin(url, `update ledger_owner.owner set token = 'of another process'`)
    const statement = `insert into cursors values ('late','1')`
    await expect(isWritten ? database.write([{ sql: statement, params: [] }]) : database.transaction((query) => query(statement))).rejects.toMatchObject({ code: 'DATABASE_TAKEN' })
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'DATABASE_TAKEN' })
    expect(await admin(url, `select name from ledger.cursors where name = 'late'`)).toEqual([])
  })

  it('does not know what became of a message that its session was cut in', async () => {
    const url = await server.newDatabase()
    const database = await open(url)
    const slow = database.write([{ sql: `insert into cursors select 'x', '1' from pg_sleep(60)`, params: [] }])
    await expect.poll(() => admin(url, `select 1 from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid() and state = 'active'`)).toHaveLength(1)
    await cutSessions(url)
    await expect(slow).rejects.toMatchObject({ code: 'DATABASE_UNSURE', action: 'retry' })
    await expect.poll(() => database.query(`select name from cursors where name = 'x'`)).toEqual([])
  })

  it('ends a statement that takes too long', async () => {
    const database = await open(await server.newDatabase(), { statementMs: 100 })
    await expect(database.query('select pg_sleep(5)')).rejects.toMatchObject({ code: 'DATABASE_SLOW', action: 'retry' })
  })

  it.skipIf(!postgresSource || 'url' in postgresSource)('waits for a server that is started again, and says so when it stays away', async () => {
    const url = await server.newDatabase()
    const database = await open(url, { patienceMs: 20_000 })
    await database.query(`insert into cursors values ('x','1')`)
    await server.kill!()
    const waiting = database.query(`select value from cursors where name = 'x'`)
    await server.start!()
    expect(await waiting).toEqual([{ value: '1' }])
    await expect.poll(() => open(url).then(() => 'open', (error: { code: string }) => error.code), { timeout: 10_000 }).toBe('DATABASE_LOCKED')
    const impatient = await open(await server.newDatabase(), { patienceMs: 100 })
    await server.kill!()
    await expect(impatient.query('select 1')).rejects.toMatchObject({ code: 'DATABASE_AWAY', action: 'retry' })
    await server.start!()
    await expect.poll(() => impatient.query('select 1 as one').catch(() => 'away'), { timeout: 5000 }).toEqual([{ one: 1 }])
  })

  it('never says the password', async () => {
    const url = new URL(await server.newDatabase())
    url.password = 'hunter2hunter2'
    const lines: string[] = []
    const database = await open(url.href, { log: jsonLog((line) => lines.push(line)) })
    await cutSessions(url.href)
    await database.query('select 1')
    url.port = '1'
    for (const wrong of [url.href, url.href.replace('postgres:', 'mysql:'), 'hunter2hunter2']) {
      const error = await openPostgres({ url: wrong, owner: 'a', log: jsonLog((line) => lines.push(line)), patienceMs: 0 }).catch((thrown: Error) => thrown)
      expect(error).toMatchObject({ code: wrong === url.href ? 'DATABASE_AWAY' : 'BAD_OPTION' })
      lines.push(`${(error as Error).message} ${JSON.stringify(error)} ${(error as Error).stack}`)
    }
    expect(lines.length).toBeGreaterThan(3)
    expect(lines.join('\n')).not.toContain('hunter2')
  })
})
