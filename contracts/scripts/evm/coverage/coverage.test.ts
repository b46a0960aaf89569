import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CodeIndex } from '../artifacts/CodeIndex.ts'
import { compileSources } from '../artifacts/compileSources.ts'
import { nativeKeccak } from '../nativeKeccak.ts'
import { playContract } from '../play/playContract.ts'
import { planTests } from '../play/TestPlan.ts'
import { RevertReader } from '../world/RevertReader.ts'
import { unoptimized } from './compileUnoptimized.ts'
import { ExecutionRecord } from './ExecutionRecord.ts'
import { explainGaps, gapsOf, totalsOf, type Gap } from './gaps.ts'
import { measureCoverage } from './measureCoverage.ts'
import { sourceItems } from './sourceItems.ts'

const file = 'Covered.sol'
const text = readFileSync(fileURLToPath(new URL('../testing/Covered.sol', import.meta.url)), 'utf8')
const { artifacts, sources } = compileSources({ [file]: text }, unoptimized, () => '', [file])

async function measure(wants: (name: string) => boolean): Promise<ReturnType<typeof measureCoverage>> {
  const measured = artifacts.filter(({ name }) => name === 'Covered')
  const record = new ExecutionRecord(measured)
  const plan = planTests(artifacts.find(({ name }) => name === 'CoveredTest')!, text)!
  const world = { cheatAbi: [], crypto: await nativeKeccak(), readText: () => '', snapshot: () => {}, recorder: record }
  const stage = { world, index: new CodeIndex(artifacts), reader: new RevertReader([]), settings: { fuzzRuns: 1, invariantRuns: 1, invariantDepth: 1, seed: 1 }, wants }
  expect((await playContract(plan, stage)).filter(({ failure }) => failure !== undefined)).toEqual([])
  const { id, ast } = sources.get(file)!
  const items = sourceItems(ast, text)
  // The test is in the same source, and is not what is measured.
  const own = <T extends { where: string }>(list: T[]): T[] => list.filter(({ where }) => where.startsWith('Covered.'))
  return measureCoverage([{ path: file, id, items: { statements: own(items.statements), conditions: own(items.conditions) } }], measured, record)
}

const coverage = await measure(() => true)
const brief = ({ where, what, text: said }: Gap): string => `${where.replace('Covered.', '')} ${what}: ${said}`

describe('coverage', () => {
  it('finds every statement and every way of a condition that did not run, and nothing else', () => {
    expect(gapsOf(coverage).map(brief).sort()).toEqual([
      'andNeverTrue never true: x > 5 && x < 10',
      'assembled never true: if gt(n, 100) { all := 0 }',
      'assembled statement: all := 0',
      'constructor never true: if (least_ == 0) revert Small(0)',
      'constructor statement: revert Small(0)',
      'ifElseNeverFalse never false: if (x > 0) return 1; else return 2',
      'ifElseNeverFalse statement: return 2',
      'ifNeverTrue never true: if (x == 77) { sum += 1; }',
      'ifNeverTrue statement: sum += 1',
      'loops never true: while (n > 100) --n',
      'loops statement: --n',
      'notSmall never true: if (x < least) revert Small(x)',
      'notSmall statement: revert Small(x)',
      'orNeverFalse never false: x > 5 || x == 1',
      'requireNeverFalse never false: assert(x > 0)',
      'requireNeverFalse never false: require(x > 0, "zero")',
    ])
  })

  it('knows each condition by a jump, and leaves out the jumps that the compiler adds', () => {
    const { conditions, statements } = coverage[0]!
    expect(conditions.filter(({ hasCode }) => !hasCode)).toEqual([])
    expect(statements.filter(({ hasCode }) => !hasCode)).toEqual([])
    expect(conditions).toHaveLength(14)
    expect(totalsOf(coverage[0]!)).toEqual({ lines: 21, linesRun: 15, branches: 28, branchesRun: 18 })
  })

  it('counts nothing of what was never called', async () => {
    const none = (await measure(() => false))[0]!
    expect(totalsOf(none)).toMatchObject({ linesRun: 0, branchesRun: 0 })
  })

  it('takes the reasons for what cannot run, and refuses those that are stale', () => {
    const gaps = gapsOf(coverage)
    const { line: _, ...gap } = gaps[0]!
    const known = { ...gap, reason: 'a reason' }
    const gone = { ...known, text: 'what is not there' }
    expect(explainGaps(gaps, [known])).toEqual({ open: gaps.slice(1), stale: [] })
    expect(explainGaps(gaps, [gone])).toEqual({ open: gaps, stale: [gone] })
  })
})
