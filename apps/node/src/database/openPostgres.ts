import { OpenLedgerError, StorageError } from '@openledger/protocol'
import pg, { type ClientBase, type ClientConfig } from 'pg'
import { systemClock, type Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { Database, Query, SqlValue, Statement } from './Database.ts'
import { PostgresOwner } from './PostgresOwner.ts'
import { postgresAddress } from './postgresAddress.ts'
import { isAway, postgresError } from './postgresFaults.ts'
import { createSchema, schemaVersion } from './schema.ts'

export type PostgresOptions = {
  /** postgres://user:password@host:5432/database; further parameters as libpq has them. */
  url: string
  /** Whose tables these are: a database of another owner is refused. */
  owner: string
  log: Log
  clock?: Clock
  /** Connections for queries, beside the one that holds the lock. Default 10. */
  connections?: number
  /** The longest that a statement may take, milliseconds. Default 30,000. */
  statementMs?: number
  /** How long to go on trying when the server is away, milliseconds. Default 15,000. */
  patienceMs?: number
  /** How long to wait for another process that has the database to end, milliseconds. Default 5,000. */
  waitMs?: number
}

const int8 = 20

/** Whole numbers of eight bytes as numbers, and as bigint where a number would lose digits: what the embedded database gives. */
function readInt8(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

const types = { getTypeParser: ((oid: number, format?: 'text' | 'binary') => (oid === int8 && format !== 'binary' ? readInt8 : pg.types.getTypeParser(oid, format as 'text'))) as typeof pg.types.getTypeParser }

const queryOf =
  (client: Pick<ClientBase, 'query'>): Query =>
  async <Row>(sql: string, params: readonly SqlValue[] = []) =>
    (await client.query(sql, [...params])).rows as Row[]

async function isPrepared(pool: pg.Pool, name: string): Promise<boolean> {
  const { rows } = await pool.query<{ encoding: string }>(`select pg_encoding_to_char(encoding) as encoding from pg_database where datname = current_database()`)
  if (rows[0]!.encoding !== 'UTF8') throw new StorageError('DATABASE_REFUSED', `the database ${name} is kept in ${rows[0]!.encoding}`, { action: 'fix', fix: `create it with encoding 'UTF8'` })
  const found = await pool.query<{ made: boolean }>(`select to_regclass('ledger.cursors') is not null as made`)
  const [cursor] = found.rows[0]!.made ? (await pool.query<{ value: string }>(`select value from cursors where name = 'schema'`)).rows : []
  return cursor?.value === schemaVersion
}

/**
 * Opens a PostgreSQL database for this process alone, and makes its tables when they are missing or of another schema. Statements wait, and are sent again, while the
 * server is away; a transaction is begun anew unless its commit was already sent.
 * @throws InputError BAD_OPTION; StorageError DATABASE_AWAY, DATABASE_REFUSED, DATABASE_LOCKED, DATABASE_OF_ANOTHER, DATABASE_FOREIGN
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { log, clock = systemClock, owner, connections = 10, statementMs = 30_000, patienceMs = 15_000, waitMs = 5_000 } = options
  const { connectionString, name } = postgresAddress(options.url)
  const config: ClientConfig = {
    connectionString,
    types,
    application_name: 'openledger',
    options: '-c search_path=ledger -c timezone=UTC -c default_transaction_isolation=read\\ committed -c idle_in_transaction_session_timeout=120s -c lock_timeout=10s',
    statement_timeout: statementMs,
    // A server that was cut off says nothing at all.
    query_timeout: statementMs + 5000,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  }
  const closing = new AbortController()
  let awaySince: number | undefined

  /** Does `work` again while the server is away; all statements together wait for so long, and after that fail at once until it is back. */
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let pause = 50; ; pause = Math.min(pause * 2, 2000)) {
      try {
        const result = await work()
        awaySince = undefined
        return result
      } catch (error) {
        if (!isAway(error)) throw postgresError(error, name)
        awaySince ??= clock.now()
        if (closing.signal.aborted || clock.now() - awaySince + pause > patienceMs) throw postgresError(error, name)
        await clock.sleep(pause, closing.signal)
      }
    }
  }

  const held = await patiently(() => PostgresOwner.take({ config, name, owner, log, clock, waitMs }))
  const pool = new pg.Pool({ ...config, max: connections })
  pool.on('error', (error) => log.warn('database.connection', errorFields(error)))
  // A connection in use that is cut says so twice: to the statement, and to whoever listens, without whom the process would end.
  pool.on('connect', (client) => client.on('error', () => undefined))

  /** Sends what commits. */
  async function commit(client: pg.PoolClient, { sql, params }: Statement): Promise<void> {
    await client.query(sql, [...params]).catch((cause: unknown) => {
      if (!isAway(cause)) throw cause
      throw new StorageError('DATABASE_UNSURE', `the database ${name} went away while it kept something: whether it did is not known`, { cause, action: 'retry' })
    })
  }

  async function attempt<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    if (held.lost) throw held.lost
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      return await work(client)
    } catch (caught) {
      const error = held.errorOf(caught)
      broken = isAway(error) || (error instanceof OpenLedgerError && error.code === 'DATABASE_UNSURE') ? (error as Error) : undefined
      if (!broken) await client.query('rollback').catch((cause: unknown) => (broken = cause as Error))
      throw error
    } finally {
      client.release(broken)
    }
  }

  let last: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const mine = last.then(() => patiently(() => attempt(work)))
    last = mine.catch(() => undefined)
    return mine
  }
  const transaction: Database['transaction'] = (work) =>
    inTurn(async (client) => {
      await held.begin(client)
      const result = await work(queryOf(client))
      await commit(client, { sql: 'commit', params: [] })
      return result
    })

  const database: Database = {
    query: (sql, params) => (held.lost ? Promise.reject(held.lost) : patiently(() => queryOf(pool)(sql, params))),
    transaction,
    write: (statements) => inTurn((client) => commit(client, held.fenced(statements))),
    reset: () => transaction(async (query) => void (await query(createSchema))),
    close: async () => {
      closing.abort()
      await last
      await pool.end()
      await held.release()
    },
  }
  try {
    if (!(await patiently(() => isPrepared(pool, name)))) await database.reset()
  } catch (error) {
    await database.close()
    throw error
  }
  return database
}
