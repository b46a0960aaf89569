import { mkdir, rm } from 'node:fs/promises'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { StorageError } from '@openledger/protocol'
import type { Log } from '../config/Log.ts'
import { errorFields } from '../config/Log.ts'
import { combined } from './combined.ts'
import type { Database, Query } from './Database.ts'
import { createSchema, schemaVersion } from './schema.ts'

const queryOf =
  (target: PGlite | Transaction): Query =>
  async <Row>(sql: string, params: readonly (string | number | boolean | null)[] = []) =>
    (await target.query<Row>(sql, [...params])).rows

/** The database that an embedded PostgreSQL is, which this process has for itself. */
export function databaseOf(db: PGlite): Database {
  const query = queryOf(db)
  return {
    query,
    transaction: (work) => db.transaction((tx) => work(queryOf(tx))),
    write: async (statements) => {
      const { sql, params } = combined(statements)
      await query(sql, params)
    },
    reset: async () => void (await db.exec(createSchema)),
    close: () => db.close(),
  }
}

async function open(folder: string): Promise<{ db: PGlite; fresh: boolean }> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const db = await PGlite.create(folder)
  try {
    await db.exec('set search_path to ledger')
    const found = await db.query<{ value: string }>(`select value from cursors where name = 'schema'`).catch(() => ({ rows: [] }))
    const fresh = found.rows[0]?.value !== schemaVersion
    if (fresh) await db.exec(createSchema)
    return { db, fresh }
  } catch (error) {
    await db.close().catch(() => undefined)
    throw error
  }
}

/**
 * Opens the embedded PostgreSQL in a folder. One that is damaged, or of another schema, is made anew: all of it can be derived again.
 * @throws StorageError DATABASE_UNUSABLE when not even a new one can be made
 */
export async function openPglite(folder: string, log: Log): Promise<Database> {
  let opened: { db: PGlite; fresh: boolean }
  try {
    opened = await open(folder)
  } catch (error) {
    log.warn('database.rebuild', { reason: 'the database is damaged', ...errorFields(error) })
    await rm(folder, { recursive: true, force: true })
    opened = await open(folder).catch((cause: unknown) => {
      throw new StorageError('DATABASE_UNUSABLE', `no database can be made in ${folder}`, { cause, action: 'stop', fix: 'check free disk space and the rights of the folder' })
    })
  }
  return databaseOf(opened.db)
}
