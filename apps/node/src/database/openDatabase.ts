import type { Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import type { Database } from './Database.ts'
import { openPglite } from './openPglite.ts'
import { openPostgres } from './openPostgres.ts'

export type DatabaseOptions = {
  /** Where the embedded database lies when no server is named. */
  folder: string
  /** postgres://user:password@host:5432/database */
  url?: string
  /** Whose tables these are; a server's database of another owner is refused. */
  owner: string
  log: Log
  clock: Clock
}

/** Opens the tables: in the data folder, or on a PostgreSQL server when one is named. Errors as of {@link openPglite} and {@link openPostgres}. */
export function openDatabase({ folder, url, owner, log, clock }: DatabaseOptions): Promise<Database> {
  return url === undefined ? openPglite(folder, log) : openPostgres({ url, owner, log, clock })
}
