import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { StorageError } from '@openledger/protocol'
import { Client, type ClientBase, type ClientConfig } from 'pg'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import { combined } from './combined.ts'
import type { Statement } from './Database.ts'
import { isAway } from './postgresFaults.ts'

/** Keys of the advisory locks, one database wide: who owns it, and the fence between owners. */
const ownerLock = '7308332045130920301'
const fenceLock = '7308332045130920302'

/** What the fence says to a process that does not have the database any more. */
const takenCode = 'OL001'
/** Each statement in it sees what was committed before it began: what was written while it waited for the lock too. */
const createFence = `create or replace function ledger_owner.fence(mine text) returns void language plpgsql as $$
  begin
    perform pg_advisory_xact_lock_shared(${fenceLock});
    if not exists (select from ledger_owner.owner where token = mine) then raise exception 'taken' using errcode = '${takenCode}'; end if;
  end $$`

export type PostgresOwnerOptions = {
  config: ClientConfig
  /** The database's name without its password. */
  name: string
  /** Whose tables these are. */
  owner: string
  log: Log
  clock: Clock
  /** How long to wait for a lock whose holder may just be ending, milliseconds. */
  waitMs: number
}

/**
 * The right of one process to a PostgreSQL database. A lock of a session says who has it, and is gone when the process is; a token in a table says whose
 * transactions count, so that a process that lost its session and came back late writes nothing.
 */
export class PostgresOwner {
  readonly #options: PostgresOwnerOptions
  readonly #token = randomBytes(16).toString('hex')
  readonly #closing = new AbortController()
  #session: Client | undefined
  #lost: StorageError | undefined

  private constructor(options: PostgresOwnerOptions) {
    this.#options = options
  }

  /**
   * Takes the database for this process.
   * @throws StorageError DATABASE_LOCKED while another process has it, DATABASE_OF_ANOTHER when it holds another node's tables, DATABASE_FOREIGN
   */
  static async take(options: PostgresOwnerOptions): Promise<PostgresOwner> {
    const owner = new PostgresOwner(options)
    await owner.#begin(true)
    return owner
  }

  /** Why this process may not use the database any more. */
  get lost(): StorageError | undefined {
    return this.#lost
  }

  /** Begins a transaction, and makes sure that no other process takes the database before it ends, and that none has. All in one message: each takes its time on both sides. */
  async begin(client: ClientBase): Promise<void> {
    await client.query(`begin; select ledger_owner.fence('${this.#token}')`)
  }

  /** Statements as one that is a transaction of its own, with what `begin` makes sure of. */
  fenced(statements: readonly Statement[]): Statement {
    return combined(statements, { sql: `select ledger_owner.fence($1)`, params: [this.#token] })
  }

  /** What an error means for the right to the database: the fence's says that it is lost, others pass as they are. */
  errorOf(error: unknown): unknown {
    return (error as { code?: unknown } | null)?.code === takenCode ? this.#lose() : error
  }

  /** Gives the database back. */
  async release(): Promise<void> {
    this.#closing.abort()
    const session = this.#session
    this.#session = undefined
    await session?.end().catch(() => undefined)
  }

  #lose(): StorageError {
    if (!this.#lost) {
      this.#lost = new StorageError('DATABASE_TAKEN', `another process has taken the database ${this.#options.name} while this one could not reach it`, { action: 'stop', fix: 'stop one of the two: each node needs a database of its own' })
      this.#options.log.error('database.taken', { error: this.#lost.message, code: this.#lost.code })
    }
    return this.#lost
  }

  async #begin(first: boolean): Promise<void> {
    const session = new Client({ ...this.#options.config, application_name: `openledger ${hostname()} ${process.pid}`.slice(0, 63), query_timeout: undefined, statement_timeout: undefined })
    session.on('error', () => undefined)
    try {
      await session.connect()
      // A machine that vanished without a word is noticed by the server within half a minute.
      await session.query(`set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; set lock_timeout = '30s'`)
      await this.#lock(session)
      if (first) await this.#claim(session)
      else await session.query(`select ledger_owner.fence($1)`, [this.#token])
    } catch (error) {
      await session.end().catch(() => undefined)
      throw this.errorOf(error)
    }
    if (this.#closing.signal.aborted) return session.end()
    this.#session = session
    session.once('end', () => void this.#return(session))
  }

  async #lock(session: Client): Promise<void> {
    const { clock, waitMs, name } = this.#options
    for (const start = clock.now(); ; ) {
      const { rows } = await session.query<{ held: boolean }>(`select pg_try_advisory_lock(${ownerLock}) as held`)
      if (rows[0]!.held) return
      if (clock.now() - start >= waitMs) break
      await clock.sleep(100, this.#closing.signal)
    }
    const { rows } = await session.query<{ who: string; since: Date }>(
      `select application_name as who, backend_start as since from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and granted
       and database = (select oid from pg_database where datname = current_database()) and (classid::bigint << 32) + objid::bigint = ${ownerLock}`,
    )
    const [, host, pid] = /^openledger (\S+) (\d+)$/.exec(rows[0]?.who ?? '') ?? []
    throw new StorageError('DATABASE_LOCKED', `the database ${name} is in use by ${pid === undefined ? 'another node' : `process ${pid} on ${host}`}`, { action: 'fix', status: 409, fix: 'stop that process, or give this node a database of its own' })
  }

  async #claim(session: Client): Promise<void> {
    const { name, owner } = this.#options
    const { rows } = await session.query<{ ledger: boolean; ours: boolean }>(`select to_regnamespace('ledger') is not null as ledger, to_regclass('ledger_owner.owner') is not null as ours`)
    const { ledger, ours } = rows[0]!
    if (ledger && !ours) throw new StorageError('DATABASE_FOREIGN', `the database ${name} holds a schema "ledger" that this program did not make`, { action: 'fix', fix: 'give the node an empty database; nothing was changed' })
    if (!ours) await session.query(`create schema if not exists ledger_owner; create table ledger_owner.owner (one boolean primary key default true check (one), owner text not null, token text not null)`)
    const found = await session.query<{ owner: string }>(`select owner from ledger_owner.owner`)
    if (found.rows[0] && found.rows[0].owner !== owner) {
      throw new StorageError('DATABASE_OF_ANOTHER', `the database ${name} holds the tables of another node or ledger`, { action: 'fix', fix: 'give this node a database of its own, or drop the schemas ledger and ledger_owner in this one: tables are made again from journal and chain' })
    }
    await session.query(createFence)
    // Waits for the transactions that the last owner still had under way.
    await session.query('begin')
    await session.query(`select pg_advisory_xact_lock(${fenceLock})`)
    await session.query(`insert into ledger_owner.owner (owner, token) values ($1, $2) on conflict (one) do update set token = excluded.token`, [owner, this.#token])
    await session.query('commit')
  }

  /** Takes the lock again after the session was cut, unless another process was faster. */
  async #return(session: Client): Promise<void> {
    if (this.#session !== session) return
    this.#session = undefined
    const { log, clock, name } = this.#options
    log.warn('database.away', { database: name })
    for (let pause = 100; !this.#closing.signal.aborted && !this.#lost; pause = Math.min(pause * 2, 5000)) {
      try {
        await this.#begin(false)
        return log.info('database.back', { database: name })
      } catch (error) {
        if (!isAway(error)) log.warn('database.away', errorFields(error))
      }
      await clock.sleep(pause, this.#closing.signal)
    }
  }
}
