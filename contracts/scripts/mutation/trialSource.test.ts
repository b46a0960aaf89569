import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { testsOf } from './testsOf.ts'
import { callsOf, trialSource } from './trialSource.ts'

const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string }
const folder = mkdtempSync(path.join(tmpdir(), 'openledger-trials-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('trialSource', () => {
  const source = trialSource([{ name: 'A.t.sol:ATest', hasSetUp: true, calls: ['01020304', `a1a2a3a4${'00'.repeat(32)}`] }, { name: 'B.t.sol:BTest', hasSetUp: false, calls: ['0badf00d'] }], [{ code: 7, order: [1, 0] }], 0x1_0000)

  it('compiles to a test for each suite and each mutant', () => {
    const sources = { 'T.sol': { content: source } }
    const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings: { outputSelection: { '*': { '*': ['evm.methodIdentifiers'] } } } }))) as {
      errors?: { severity: string; formattedMessage: string }[]
      contracts: { 'T.sol': { MutantTrials: { evm: { methodIdentifiers: Record<string, string> } } } }
    }
    expect((output.errors ?? []).filter((e) => e.severity === 'error').map((e) => e.formattedMessage)).toEqual([])
    expect(Object.keys(output.contracts['T.sol'].MutantTrials.evm.methodIdentifiers).sort()).toEqual(['test_base_0()', 'test_base_1()', 'test_trial_7()'])
  })

  it('names the suites in the order of each trial, and its producer', () => {
    expect(source).toContain('runAll(hex"0100", address(uint160(65543)))')
    expect(source).toContain(`if (k == 0) return ("A.t.sol:ATest", true, hex"0004010203040024a1a2a3a4${'00'.repeat(32)}");`)
  })
})

describe('callsOf', () => {
  const word = (): string => 'f'.repeat(64)

  it('draws arguments of one word within their types, and none of others', () => {
    expect(callsOf('test_a()', '01020304', 4, word)).toEqual(['01020304'])
    expect(callsOf('testFuzz_a(uint96,bool,address)', '01020304', 2, word)).toEqual([
      `01020304${'f'.repeat(24).padStart(64, '0')}${'1'.padStart(64, '0')}${'f'.repeat(40).padStart(64, '0')}`,
      `01020304${'ff'.padStart(64, '0')}${'1'.padStart(64, '0')}${'ff'.padStart(64, '0')}`,
    ])
    for (const types of ['bytes', 'uint256[]', '(uint256,uint256)', 'string', 'bytes4', 'int8']) expect(callsOf(`testFuzz_a(uint256,${types})`, '01020304', 2, word)).toEqual([])
  })
})

describe('testsOf', () => {
  it('finds the tests that name a contract or one that imports it, less campaigns and budgets', () => {
    for (const [file, text] of Object.entries({
      ...{ 'src/libraries/Sums.sol': 'library Sums {}', 'src/Purse.sol': 'import { Sums } from "./libraries/Sums.sol";', 'src/Other.sol': 'contract Other {}' },
      ...{ 'test/Purses.t.sol': 'new Purse()', 'test/Sums.t.sol': 'Sums.sum', 'test/Gas.t.sol': 'new Purse()', 'test/PurseInvariants.t.sol': 'new Purse()', 'test/Others.t.sol': 'new Other()' },
    })) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true })
      writeFileSync(path.join(folder, file), text)
    }
    const [src, test] = [path.join(folder, 'src'), path.join(folder, 'test')]
    expect(testsOf('libraries/Sums.sol', src, test).sort()).toEqual(['Purses', 'Sums'])
    expect(testsOf('Other.sol', src, test)).toEqual(['Others'])
  })
})
