/** The whole test suite: TypeScript by Vitest, Solidity by Forge. Closes with one line of totals; exits 1 when anything failed or nothing ran. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

type Totals = { passed: number; failed: number; skipped: number }

function runVitest(): Totals {
  const folder = mkdtempSync(path.join(tmpdir(), 'openledger-test-'))
  const report = path.join(folder, 'report.json')
  const vitest = path.join('node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  try {
    const totals = JSON.parse(readFileSync(report, 'utf8')) as Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numFailedTestSuites', number>
    const failed = totals.numFailedTests + (totals.numFailedTests === 0 && status !== 0 ? Math.max(1, totals.numFailedTestSuites) : 0)
    return { passed: totals.numPassedTests, failed, skipped: totals.numPendingTests }
  } catch {
    console.error('Vitest left no report')
    return { passed: 0, failed: 1, skipped: 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runForge(): Totals {
  const script = path.join('contracts', 'scripts', 'test.ts')
  if (!existsSync(script)) return { passed: 0, failed: 1, skipped: 0 }
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', script], { stdio: ['inherit', 'pipe', 'inherit'], encoding: 'utf8' })
  process.stdout.write(stdout)
  const match = [...stdout.matchAll(/(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/g)].pop()
  if (!match) return { passed: 0, failed: status === 0 ? 0 : 1, skipped: 0 }
  const failed = Number(match[2])
  return { passed: Number(match[1]), failed: failed === 0 && status !== 0 ? 1 : failed, skipped: Number(match[3] ?? 0) }
}

const filtered = process.argv.length > 2
const parts = filtered ? [runVitest()] : [runVitest(), runForge()]
const sum = (key: keyof Totals): number => parts.reduce((total, part) => total + part[key], 0)
if (sum('skipped') > 0) console.log(`${sum('skipped')} skipped: what they need is not on this machine`)
console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
process.exit(sum('failed') > 0 || sum('passed') === 0 ? 1 : 0)
