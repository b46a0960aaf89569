/**
 * Runs the Solidity tests on a second, independent EVM: that of EthereumJS. Forge compiles them, and says which tests there are.
 * --match-path <text>, --match-contract <text> and --match-test <text> choose; --fuzz-runs, --invariant-runs, --invariant-depth and --seed say how much is tried.
 * The gas figures that the tests take must be those of contracts/gas, which Forge's EVM measured. The last line is "N passed, N failed".
 */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { committedGas } from './evm/committedGas.ts'
import { listTests } from './evm/listTests.ts'
import { nativeKeccak } from './evm/nativeKeccak.ts'
import { CodeIndex } from './evm/artifacts/CodeIndex.ts'
import { readCheatAbi, readForgeOutput } from './evm/artifacts/readForgeOutput.ts'
import { GasFigures } from './evm/cheats/GasFigures.ts'
import { playContract, type Stage } from './evm/play/playContract.ts'
import type { TestResult } from './evm/play/PlaySettings.ts'
import { planTests } from './evm/play/TestPlan.ts'
import { RevertReader } from './evm/world/RevertReader.ts'
import { forgePath, repositoryRoot } from './forge.ts'

const text = { type: 'string' } as const
const { values: options } = parseArgs({
  options: {
    'match-path': text, 'match-contract': text, 'match-test': text, 'fuzz-runs': { ...text, default: '16' }, 'invariant-runs': { ...text, default: '2' },
    'invariant-depth': { ...text, default: '32' }, seed: { ...text, default: '8037' }, verbose: { type: 'boolean', default: false },
  },
})
const out = join(repositoryRoot, 'contracts/out')
const forge = forgePath()
const expected = forge === null ? [] : listTests(forge)
if (expected.length === 0) {
  console.error('forge could not compile the tests')
  console.log('0 passed, 0 failed')
  process.exit(1)
}
const artifacts = readForgeOutput(out)
const gas = new GasFigures()
const matches = (wanted: string | undefined, name: string): boolean => wanted === undefined || new RegExp(wanted).test(name)
const stage: Stage = {
  world: {
    cheatAbi: readCheatAbi(out),
    crypto: await nativeKeccak(),
    readText: (path) => readFileSync(join(repositoryRoot, path), 'utf8'),
    snapshot: (group, name, value) => gas.take(group, name, value),
  },
  index: new CodeIndex(artifacts),
  reader: new RevertReader(artifacts.map(({ abi }) => abi)),
  settings: { fuzzRuns: Number(options['fuzz-runs']), invariantRuns: Number(options['invariant-runs']), invariantDepth: Number(options['invariant-depth']), seed: Number(options.seed) },
  wants: (name) => matches(options['match-test'], name),
}
const plans = artifacts
  .filter(({ source, name }) => source.startsWith('contracts/test/') && matches(options['match-path'], source) && matches(options['match-contract'], name))
  .flatMap((artifact) => planTests(artifact, readFileSync(join(repositoryRoot, artifact.source), 'utf8')) ?? [])
  .sort((a, b) => a.artifact.source.localeCompare(b.artifact.source) || a.artifact.name.localeCompare(b.artifact.name))

const results: TestResult[] = []
for (const plan of plans) {
  const began = performance.now()
  const own = await playContract(plan, stage)
  if (own.length === 0) continue
  results.push(...own)
  const failed = own.filter(({ failure }) => failure !== undefined)
  console.log(`${basename(plan.artifact.source)} ${plan.artifact.name}: ${own.length - failed.length} passed, ${failed.length} failed, ${own.reduce((sum, { tried }) => sum + tried, 0)} runs, ${((performance.now() - began) / 1000).toFixed(1)} s`)
  for (const { name, failure } of failed) console.log(`[FAIL] ${plan.artifact.name}.${name}: ${failure}`)
  if (options.verbose) for (const { name, failure } of own) if (failure === undefined) console.log(`  ${name}`)
}

const faults: string[] = []
const chosen = options['match-path'] ?? options['match-contract'] ?? options['match-test']
if (chosen === undefined) {
  const known = new Set(results.map(({ source, contract, name }) => `${source} ${contract} ${name.replace(/\(.*/, '')}`))
  const missing = expected.filter((test) => !known.has(test))
  faults.push(...missing.map((test) => `Forge has a test that did not run here: ${test}`))
  faults.push(...gas.differences(committedGas()).map((line) => `gas: ${line}`))
  console.log(`${gas.taken.size} gas figures compared with those of Forge`)
}
for (const fault of faults) console.error(fault)
const failed = results.filter(({ failure }) => failure !== undefined).length + (faults.length > 0 ? 1 : 0)
console.log(`${results.filter(({ failure }) => failure === undefined).length} passed, ${failed} failed`)
process.exit(failed > 0 || results.length === 0 ? 1 : 0)
