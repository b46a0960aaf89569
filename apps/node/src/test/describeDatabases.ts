import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { silentLog } from '../config/Log.ts'
import type { Database } from '../database/Database.ts'
import { openPglite } from '../database/openPglite.ts'
import { openPostgres } from '../database/openPostgres.ts'
import { noPostgres, postgresSource, startPostgres, type TestPostgres } from './startPostgres.ts'

/** A fresh database; what it opened before stays open until it is closed. */
export type OpenTestDatabase = () => Promise<Database>

/** Runs the same tests over every database: the embedded one always, PostgreSQL where there is one. */
export function describeDatabases(name: string, tests: (open: OpenTestDatabase) => void): void {
  describe(`${name}, PGlite`, () => {
    let folder: string
    let count = 0
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'openledger-database-'))
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))
    tests(() => openPglite(path.join(folder, String(count++)), silentLog))
  })
  describe.skipIf(!postgresSource)(`${name}, PostgreSQL${postgresSource ? '' : ` (skipped: ${noPostgres})`}`, () => {
    let server: TestPostgres
    beforeAll(async () => {
      server = await startPostgres()
    }, 60_000)
    afterAll(() => server.stop())
    tests(async () => openPostgres({ url: await server.newDatabase(), owner: 'tests', log: silentLog }))
  })
}
