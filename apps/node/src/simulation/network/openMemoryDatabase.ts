import { PGlite, type Transaction } from '@electric-sql/pglite'
import { combined } from '../../database/combined.ts'
import type { Database, Query } from '../../database/Database.ts'
import { createSchema } from '../../database/schema.ts'

/** A database in memory with the tables of a gateway. */
export async function openMemoryDatabase(): Promise<Database> {
  const db = await PGlite.create()
  await db.exec(createSchema)
  const queryOf =
    (target: PGlite | Transaction): Query =>
    async <Row>(sql: string, params: readonly (string | number | boolean | null)[] = []) =>
      (await target.query<Row>(sql, [...params])).rows
  return {
    query: queryOf(db),
    transaction: (work) => db.transaction((tx) => work(queryOf(tx))),
    write: async (statements) => {
      const { sql, params } = combined(statements)
      await db.query(sql, [...params])
    },
    reset: async () => void (await db.exec(createSchema)),
    close: () => db.close(),
  }
}
