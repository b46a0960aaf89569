/**
 * Runs the Solidity tests, compares the gas snapshot and analyses the contracts; more command-line options go to `forge test`, which then is all that runs.
 * The last line is "N passed, N failed". With --update-gas it writes the gas snapshot instead of comparing it, and the
 * page of costs that follows from it. With --long it runs the invariants alone, with more than a million calls, and then a hundred
 * thousand false accusations of honest attributions.
 */
import { forgePath, runForge } from './forge.ts'
import { analyse } from './analysis/analyse.ts'
import { costsPage, writeCostsPage } from './costsPage.ts'

const update = process.argv.includes('--update-gas')
const long = process.argv.includes('--long')
const own = ['--update-gas', '--long']
const options = process.argv.slice(2).filter((option) => !own.includes(option))
/** Each of the campaigns makes runs times depth calls, and checks its invariant after every one of them. */
const campaign = { FOUNDRY_INVARIANT_RUNS: '160', FOUNDRY_INVARIANT_DEPTH: '500', FOUNDRY_INVARIANT_SHOW_METRICS: 'true' }
const leastCalls = 1_000_000
/** Honest evidence or its case with a change at random, brought before the court of attributions: two tests with so many runs each. */
const accusations = { FOUNDRY_FUZZ_RUNS: '50000' }
const leastAccusations = 100_000
const forge = forgePath()
if (forge === null) {
  console.error(`npm brought no forge binary for ${process.platform}-${process.arch}: the Solidity tests cannot run here.`)
  console.log('0 passed, 0 failed')
  process.exit(1)
}
const invariants = long ? ['--match-path', 'contracts/test/*Invariants.t.sol', '--match-test', '^invariant_'] : []
const { status, output } = runForge(forge, ['test', ...invariants, ...options], { ...(update ? {} : { FORGE_SNAPSHOT_CHECK: 'true' }), ...(long ? campaign : {}) })
const totals = [...output.matchAll(/(\d+) tests? passed, (\d+) failed/g)].pop()
const passed = Number(totals?.[1] ?? 0)
const failed = Number(totals?.[2] ?? 0)
const calls = [...output.matchAll(/runs: \d+, calls: (\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0)
if (long) console.log(`checked the invariants after ${calls} calls`)
const accused = long ? accuse() : { runs: 0, failed: 0 }
const tooFew = long && (calls < leastCalls || accused.runs < leastAccusations)
if (tooFew) console.error(`the long mode makes at least ${leastCalls} calls and ${leastAccusations} accusations`)
// A compile error or a changed gas snapshot ends forge without a failed test.
const broken = status !== 0 && failed === 0 ? 1 : 0
if (broken) console.error('forge ended with an error outside the tests: read the lines above; for intended gas changes run with --update-gas and commit contracts/gas')
if (update && status === 0) writeCostsPage(costsPage())
const analysed = long || options.length > 0 || analyse(forge) ? 0 : 1
const wrong = failed + broken + accused.failed + analysed
console.log(`${passed} passed, ${wrong} failed`)
process.exit(wrong > 0 || status !== 0 || passed === 0 || tooFew ? 1 : 0)

function accuse(): { runs: number; failed: number } {
  const { status: ended, output: said } = runForge(forge!, ['test', '--match-path', 'contracts/test/Accusations.t.sol', '--match-test', '^testFuzz_honest', ...options], accusations)
  const runs = [...said.matchAll(/\(runs: (\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0)
  console.log(`${runs} false accusations of honest attributions`)
  return { runs, failed: ended === 0 ? 0 : 1 }
}
