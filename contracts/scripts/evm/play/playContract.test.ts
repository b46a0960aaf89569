import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { toFunctionSignature } from 'viem'
import { describe, expect, it } from 'vitest'
import { CodeIndex } from '../artifacts/CodeIndex.ts'
import { compileSources } from '../artifacts/compileSources.ts'
import { GasFigures } from '../cheats/GasFigures.ts'
import { cheatCodes } from '../cheats/cheatCodes.ts'
import { nativeKeccak } from '../nativeKeccak.ts'
import { RevertReader } from '../world/RevertReader.ts'
import { playContract, type Stage } from './playContract.ts'
import { planTests } from './TestPlan.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const fixture = 'contracts/scripts/evm/testing/Fixture.sol'
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const { artifacts, interfaces } = compileSources({ [fixture]: read(fixture) }, { enabled: true }, read)
const cheatAbi = interfaces.get('Vm')!

const stage: Stage = {
  world: { cheatAbi, crypto: await nativeKeccak(), readText: read, snapshot: () => {} },
  index: new CodeIndex(artifacts),
  reader: new RevertReader(artifacts.map(({ abi }) => abi)),
  settings: { fuzzRuns: 40, invariantRuns: 2, invariantDepth: 20, seed: 1 },
  wants: () => true,
}

async function play(name: string): Promise<Record<string, string | undefined>> {
  const plan = planTests(artifacts.find((artifact) => artifact.name === name)!, read(fixture))!
  return Object.fromEntries((await playContract(plan, stage)).map((result) => [result.name.replace(/\(.*/, ''), result.failure]))
}

describe('the second EVM', () => {
  it('knows every cheat code that the tests declare, and no other', () => {
    expect(Object.keys(cheatCodes).sort()).toEqual(cheatAbi.flatMap((entry) => (entry.type === 'function' ? [toFunctionSignature(entry)] : [])).sort())
  })

  it('passes what holds, each test from the state of the setup', async () => {
    const results = await play('GoodTest')
    expect(Object.keys(results)).toHaveLength(9)
    expect(Object.values(results).filter((failure) => failure !== undefined)).toEqual([])
  })

  it('fails what does not hold, and says why', async () => {
    const said = await play('BadTest')
    expect(said).toEqual({
      test_assertion: 'Unequal(one is two, "1", "2")',
      test_panic: 'Panic: assertion failed',
      test_expectRevert_ofWhatSucceeds: expect.stringContaining('the next call did not revert as expected'),
      test_expectRevert_ofNothing: expect.stringContaining('a call that never came'),
      test_expectRevert_ofOtherData: expect.stringContaining('reverted with 0x'),
      test_expectRevert_bySelectorOfAnErrorWithValues: expect.stringContaining('reverted with 0x'),
      test_expectPartialRevert_ofAnotherError: expect.stringContaining('and anything behind it'),
      test_expectEmit_ofNothing: expect.stringContaining('a log that was expected is missing'),
      test_expectEmit_ofOtherData: expect.stringContaining('a log that was expected is missing'),
      test_prank_twice: expect.stringContaining('a prank is replaced before a call used it'),
      test_assume_nothing: 'took 0 of 1 inputs',
      test_aFileThatIsNotThere: expect.stringContaining('ENOENT'),
      testFuzz_ends: expect.stringContaining('Untrue(never so large) with 0x'),
    })
  })

  it('plays campaigns that find what breaks', async () => {
    expect(await play('HeldInvariantTest')).toEqual({ invariant_nothingRefusedStays: undefined })
    expect(await play('BrokenInvariantTest')).toEqual({ invariant_staysSmall: expect.stringMatching(/^TooLarge\(the sum.* after call \d+ of run 1, add$/) })
    expect(await play('BrokenEndTest')).toEqual({ invariant_holds: expect.stringContaining('nothing was added') })
    expect(await play('NoRevertTest')).toEqual({ invariant_holds: expect.stringContaining('Error(refused)') })
    expect(await play('ChosenTest')).toEqual({ invariant_holds: undefined })
  })

  it('tells gas figures apart', () => {
    const figures = new GasFigures()
    figures.take('a', 'same', 1n)
    figures.take('a', 'other', 2n)
    expect(figures.differences({ a: { same: '1', other: '3', gone: '4' } })).toEqual(['a: gone: nothing here, 4 committed', 'a: other: 2 here, 3 committed'])
  })
})
