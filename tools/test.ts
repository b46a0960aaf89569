/** The whole test suite: TypeScript by Vitest, Solidity by Forge. Closes with one line of totals; exits 1 when anything failed or nothing ran. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

type Totals = { passed: number; failed: number; skipped: number; faults: string[] }

/** The parts of Vitest's report in JSON that are read here. */
type VitestReport = Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numFailedTestSuites', number> & {
  testResults: { name: string; status: string; message: string; assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[]
}

/** One entry per failed test, and per file that failed outside its tests: where, which, and the first lines of why. */
function faultsOf({ testResults }: VitestReport): string[] {
  const brief = (message: string): string => message.split('\n').slice(0, 6).join('\n  ')
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed').map((test) => `${test.fullName}\n  ${brief(test.failureMessages.join('\n'))}`)
    return (failed.length === 0 && status === 'failed' ? [brief(message)] : failed).map((fault) => `${path.relative(process.cwd(), name)}: ${fault}`)
  })
}

function runVitest(): Totals {
  const folder = mkdtempSync(path.join(tmpdir(), 'openledger-test-'))
  const report = path.join(folder, 'report.json')
  const vitest = path.join('node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  try {
    const totals = JSON.parse(readFileSync(report, 'utf8')) as VitestReport
    const failed = totals.numFailedTests + (totals.numFailedTests === 0 && status !== 0 ? Math.max(1, totals.numFailedTestSuites) : 0)
    return { passed: totals.numPassedTests, failed, skipped: totals.numPendingTests, faults: faultsOf(totals) }
  } catch {
    return { passed: 0, failed: 1, skipped: 0, faults: ['Vitest left no report'] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runForge(): Totals {
  const script = path.join('contracts', 'scripts', 'test.ts')
  if (!existsSync(script)) return { passed: 0, failed: 1, skipped: 0, faults: [`${script} is missing`] }
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', script], { stdio: ['inherit', 'pipe', 'inherit'], encoding: 'utf8' })
  process.stdout.write(stdout)
  const match = [...stdout.matchAll(/(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/g)].pop()
  const faults = stdout.split('\n').filter((line) => line.startsWith('[FAIL'))
  if (status !== 0 && faults.length === 0) faults.push(`${script}: forge ended with an error outside the tests; its lines stand above`)
  if (!match) return { passed: 0, failed: status === 0 ? 0 : 1, skipped: 0, faults }
  const failed = Number(match[2])
  return { passed: Number(match[1]), failed: failed === 0 && status !== 0 ? 1 : failed, skipped: Number(match[3] ?? 0), faults }
}

const filtered = process.argv.length > 2
const parts = filtered ? [runVitest()] : [runVitest(), runForge()]
const sum = (key: 'passed' | 'failed' | 'skipped'): number => parts.reduce((total, part) => total + part[key], 0)
for (const fault of parts.flatMap(({ faults }) => faults)) console.log(`FAILED ${fault}`)
if (sum('skipped') > 0) console.log(`${sum('skipped')} skipped: what they need is not on this machine`)
console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
process.exit(sum('failed') > 0 || sum('passed') === 0 ? 1 : 0)
