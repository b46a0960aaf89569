/** A process of its own that takes a database and keeps it until it is killed: `tsx holdPostgres.ts URL OWNER`. */
import { silentLog } from '../config/Log.ts'
import { openPostgres } from '../database/openPostgres.ts'

const [url, owner] = process.argv.slice(2)
try {
  await openPostgres({ url: url!, owner: owner!, log: silentLog, waitMs: 0 })
  process.stdout.write('held\n')
  setInterval(() => undefined, 1000)
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code}\n`)
  process.exitCode = 1
}
