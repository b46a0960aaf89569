import { PGlite } from '@electric-sql/pglite'
import type { Database } from '../../database/Database.ts'
import { databaseOf } from '../../database/openPglite.ts'
import { createSchema } from '../../database/schema.ts'

/** A database in memory with the tables of a gateway. */
export async function openMemoryDatabase(): Promise<Database> {
  const db = await PGlite.create()
  await db.exec(createSchema)
  return databaseOf(db)
}
