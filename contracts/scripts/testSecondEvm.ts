/**
 * Runs the Solidity tests on a second, independent EVM: that of EthereumJS. Forge compiles them, and says which tests there are.
 * --match-path, --match-contract and --match-test choose; --fuzz-runs, --invariant-runs, --invariant-depth and --seed say how much is tried.
 * The gas figures that the tests take must be those of contracts/gas, which Forge's EVM measured. The last line is "N passed, N failed".
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodeIndex } from './evm/artifacts/CodeIndex.ts'
import { readCheatAbi, readForgeOutput } from './evm/artifacts/readForgeOutput.ts'
import { GasFigures } from './evm/cheats/GasFigures.ts'
import { readCommandLine } from './evm/commandLine.ts'
import { committedGas } from './evm/committedGas.ts'
import { listTests } from './evm/listTests.ts'
import { nativeKeccak } from './evm/nativeKeccak.ts'
import { playAll } from './evm/play/playAll.ts'
import { RevertReader } from './evm/world/RevertReader.ts'
import { forgePath, repositoryRoot } from './forge.ts'

const { choice, settings, isWhole } = readCommandLine()
const forge = forgePath()
const expected = forge === null ? [] : listTests(forge)
if (expected.length === 0) {
  console.error('forge could not compile the tests')
  console.log('0 passed, 0 failed')
  process.exit(1)
}
const out = join(repositoryRoot, 'contracts/out')
const artifacts = readForgeOutput(out)
const gas = new GasFigures()
const readText = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8')
const stage = {
  world: { cheatAbi: readCheatAbi(out), crypto: await nativeKeccak(), readText, snapshot: (group: string, name: string, value: bigint) => gas.take(group, name, value) },
  index: new CodeIndex(artifacts),
  reader: new RevertReader(artifacts.map(({ abi }) => abi)),
  settings,
}
const results = await playAll(artifacts, choice, stage, readText, console.log)

const faults: string[] = []
if (isWhole) {
  const known = new Set(results.map(({ source, contract, name }) => `${source} ${contract} ${name.replace(/\(.*/, '')}`))
  faults.push(...expected.filter((test) => !known.has(test)).map((test) => `Forge has a test that did not run here: ${test}`))
  faults.push(...gas.differences(committedGas()).map((line) => `gas: ${line}`))
  console.log(`${expected.length} tests expected; ${gas.taken.size} gas figures compared with those of Forge`)
}
for (const fault of faults) console.error(fault)
const failed = results.filter(({ failure }) => failure !== undefined).length
console.log(`${results.length - failed} passed, ${failed + (faults.length > 0 ? 1 : 0)} failed`)
process.exit(failed > 0 || faults.length > 0 || results.length === 0 ? 1 : 0)
