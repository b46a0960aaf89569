/** Runs every client that people already use against a started network, and says in one line what each did. Exits 1 when one fails or none ran. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** The parts of Vitest's report in JSON that are read here. */
type Test = { ancestorTitles: string[]; title: string; status: string; failureMessages: string[]; meta?: { did?: string } }
type Report = { testResults: { status: string; message: string; assertionResults: Test[] }[] }

const folder = mkdtempSync(path.join(tmpdir(), 'openledger-clients-'))
const report = path.join(folder, 'report.json')
const vitest = path.join('node_modules', 'vitest', 'vitest.mjs')
console.log('starting a network: embedded chain, node, the tiny model and an adapter')
spawnSync(process.execPath, [vitest, 'run', 'apps/cli/src/clients', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)], { stdio: ['ignore', 'ignore', 'inherit'] })
let files: Report['testResults'] = []
try {
  files = (JSON.parse(readFileSync(report, 'utf8')) as Report).testResults
} catch {
  console.log('FAILED Vitest left no report')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const broken = files.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'))
for (const { message } of broken) console.log(`FAILED ${message}`)
const tests = files.flatMap(({ assertionResults }) => assertionResults)
const clients = new Set(tests.map(({ ancestorTitles }) => ancestorTitles[0]!))
let failed = broken.length
let ran = 0
for (const client of clients) {
  const own = tests.filter(({ ancestorTitles }) => ancestorTitles[0] === client)
  const faults = own.filter(({ status }) => status === 'failed')
  const passed = own.filter(({ status }) => status === 'passed')
  const did = passed.flatMap(({ meta, title }) => meta?.did ?? title)
  ran += passed.length
  failed += faults.length
  const verdict = faults.length > 0 ? 'FAILED' : passed.length === 0 ? 'not run: what it needs is not on this machine' : did.join('; ')
  console.log(`${client.padEnd(16)} ${verdict}`)
  for (const { title, failureMessages } of faults) console.log(`  ${title}: ${failureMessages.join('\n').split('\n').slice(0, 6).join('\n    ')}`)
}
console.log(`${clients.size} clients: ${ran} passed, ${failed} failed`)
process.exit(failed > 0 || ran === 0 ? 1 : 0)
