/**
 * Measures which lines and branches of contracts/src the Solidity tests run, on the EVM of EthereumJS and without instrumented sources: see
 * evm/coverage. What cannot run is listed in contracts/unreachable.json with a reason; an entry that did run is refused.
 * Options as in testSecondEvm.ts; --json writes the result as JSON, --threshold <percent> is what both have to reach (98).
 * --add counts what the run before recorded as well, so that it can be measured in parts.
 * Exits with 1 when lines or branches fall short, when an entry of the list is stale, or when a test fails.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodeIndex } from './evm/artifacts/CodeIndex.ts'
import { readCommandLine } from './evm/commandLine.ts'
import { compileUnoptimized } from './evm/coverage/compileUnoptimized.ts'
import { coverageTable } from './evm/coverage/coverageTable.ts'
import { ExecutionRecord } from './evm/coverage/ExecutionRecord.ts'
import { explainGaps, gapsOf, sumOf, totalsOf, type Gap, type Unreachable } from './evm/coverage/gaps.ts'
import { addKept, keepRecord } from './evm/coverage/keptRecord.ts'
import { measureCoverage } from './evm/coverage/measureCoverage.ts'
import { sourceItems } from './evm/coverage/sourceItems.ts'
import { nativeKeccak } from './evm/nativeKeccak.ts'
import { playAll } from './evm/play/playAll.ts'
import { RevertReader } from './evm/world/RevertReader.ts'
import { repositoryRoot } from './forge.ts'

const { choice, settings, isWhole, json, threshold, add } = readCommandLine()
const readText = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8')
const { artifacts, interfaces, sources } = compileUnoptimized(repositoryRoot)
const measured = artifacts.filter(({ source }) => source.startsWith('contracts/src/'))
const record = new ExecutionRecord(measured)
if (add) addKept(repositoryRoot, record)
const stage = {
  world: { cheatAbi: interfaces.get('Vm')!, crypto: await nativeKeccak(), readText, snapshot: () => {}, recorder: record },
  index: new CodeIndex(artifacts),
  reader: new RevertReader(artifacts.map(({ abi }) => abi)),
  settings,
}
const say = json ? console.error : console.log
const results = await playAll(artifacts, choice, stage, readText, say)
keepRecord(repositoryRoot, record)
// Budgets of gas are for the code that is deployed, not for this: Assertions says `TooLarge` for them.
const failed = results.filter(({ failure }) => failure !== undefined && !/^TooLarge\(/.test(failure))

const withItems = [...sources].filter(([path]) => path.startsWith('contracts/src/')).map(([path, { id, ast }]) => ({ path, id, items: sourceItems(ast, readText(path)) }))
const coverage = measureCoverage(withItems, measured, record).sort((a, b) => a.path.localeCompare(b.path))
const gaps = gapsOf(coverage)
const { open, stale } = explainGaps(gaps, JSON.parse(readText('contracts/unreachable.json')) as Unreachable[])
const totals = sumOf(coverage.map(totalsOf))
const withoutCode = coverage.flatMap(({ path, statements, conditions }) => [...statements, ...conditions].filter(({ hasCode }) => !hasCode).map(({ item }) => `${path}:${item.line} ${item.text.slice(0, 100)}`))
const share = { lines: (100 * totals.linesRun) / totals.lines, branches: (100 * totals.branchesRun) / totals.branches }
const isEnough = share.lines >= threshold && share.branches >= threshold

if (json) console.log(JSON.stringify({ totals, share, sources: coverage.map((source) => ({ path: source.path, ...totalsOf(source) })), open, unreachable: gaps.length - open.length, stale, withoutCode }, null, 2))
else {
  const line = ({ source, line, where, what, text }: Gap): string => `${source}:${line} ${where}: ${what === 'statement' ? 'did not run' : what}: ${text.slice(0, 140)}`
  for (const gap of open) console.log(line(gap))
  for (const text of withoutCode) console.log(`no code: ${text}`)
  console.log(`\n${coverageTable(coverage)}\n`)
  console.log(`${gaps.length} gaps: ${open.length} open, ${gaps.length - open.length} that cannot run (contracts/unreachable.json)`)
}
for (const { source, where, what, text } of isWhole ? stale : []) console.error(`contracts/unreachable.json: stale, it ran or is gone: ${source} ${where} ${what}: ${text}`)
for (const { contract, name, failure } of failed) console.error(`[FAIL] ${contract}.${name}: ${failure}`)
if (!isEnough) console.error(`lines ${share.lines.toFixed(2)} %, branches ${share.branches.toFixed(2)} %: less than ${threshold} %`)
process.exit(!isEnough || failed.length > 0 || (isWhole && stale.length > 0) || results.length === 0 ? 1 : 0)
