import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const list = (folder: string, ending: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith(ending))

/**
 * The tests that are most likely to notice a change of a contract: those that name it, or a contract that imports it. Campaigns and budgets are left out.
 * @param file the contract's file under `sources`
 * @param sources the folder of contracts
 * @param tests the folder of their tests
 * @returns names of files in `tests` without their ending; the order says nothing
 */
export function testsOf(file: string, sources: string, tests: string): string[] {
  const name = path.posix.basename(file, '.sol')
  const importers = list(sources, '.sol').filter((f) => readFileSync(path.join(sources, f), 'utf8').includes(`/${name}.sol"`))
  const subjects = [name, ...importers.map((f) => path.basename(f, '.sol'))]
  const words = new RegExp(`\\b(${subjects.join('|')})\\b`, 'i')
  return list(tests, '.t.sol')
    .filter((f) => !/(Invariants|Gas)\.t\.sol$/.test(f) && words.test(readFileSync(path.join(tests, f), 'utf8')))
    .map((f) => f.slice(0, -'.t.sol'.length))
}
