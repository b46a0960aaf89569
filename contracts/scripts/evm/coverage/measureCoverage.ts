import type { Artifact, CompiledCode } from '../artifacts/Artifact.ts'
import type { CodeHits, ExecutionRecord } from './ExecutionRecord.ts'
import type { Condition, Item, SourceItems, Statement } from './sourceItems.ts'
import { instructionOffsets, readSourceMap } from './sourceMaps.ts'

/** What is known of a source: of each statement whether it ran, of each condition which ways it went. Without code nothing can be known. */
export type SourceCoverage = {
  path: string
  statements: { item: Statement; hasCode: boolean; ran: boolean }[]
  conditions: { item: Condition; hasCode: boolean; held: boolean; failed: boolean }[]
}

/** A source whose coverage is measured: its number in the source maps and what of it can run. */
export type MeasuredSource = { path: string; id: number; items: SourceItems }

const jumpIf = 0x57
const key = (start: number, length: number): string => `${start}:${length}`

/** The smallest of some statements that holds a stretch. Statements come in the order of the source, outer ones first. */
function innermost(statements: readonly Statement[], start: number, length: number): number {
  let best = -1
  for (const [i, s] of statements.entries()) {
    if (s.start > start) break
    if (s.start + s.length >= start + length) best = i
  }
  return best
}

/** Takes the instructions of one code, one after another, to the sources that they came from. */
function takeCode(code: CompiledCode, hits: CodeHits, byId: ReadonlyMap<number, { coverage: SourceCoverage; conditionAt: ReadonlyMap<string, number>; statementAt: Map<string, number> }>): void {
  const stretches = readSourceMap(code.sourceMap)
  const offsets = instructionOffsets(code.bytes)
  for (const [i, { start, length, source }] of stretches.entries()) {
    const at = offsets[i]
    const target = byId.get(source)
    if (at === undefined || target === undefined) continue
    const { coverage, conditionAt, statementAt } = target
    const name = key(start, length)
    if (!statementAt.has(name)) statementAt.set(name, innermost(coverage.statements.map(({ item }) => item), start, length))
    const statement = coverage.statements[statementAt.get(name)!]
    if (statement) {
      statement.hasCode = true
      if (hits.ran[at] === 1) statement.ran = true
    }
    const condition = code.bytes[at] === jumpIf ? coverage.conditions[conditionAt.get(name) ?? -1] : undefined
    if (!condition) continue
    condition.hasCode = true
    if (hits.jumped[at] === 1) condition[condition.item.jumpsWhen ? 'held' : 'failed'] = true
    if (hits.passed[at] === 1) condition[condition.item.jumpsWhen ? 'failed' : 'held'] = true
  }
}

/**
 * Maps what ran to the sources. A statement ran when an instruction did that came from it and from no smaller statement inside it.
 * A condition went a way when a conditional jump did whose stretch of the source is exactly that of the `if`, loop, `?:`, `&&`, `||`, `require` or
 * `assert`: jumps that the compiler adds (overflow, bounds, calldata, selectors, whether a call succeeded) have other stretches.
 * The code must be compiled without the optimizer, which merges and turns jumps.
 * @param artifacts the contracts whose code counts
 */
export function measureCoverage(sources: readonly MeasuredSource[], artifacts: readonly Artifact[], record: ExecutionRecord): SourceCoverage[] {
  const all = sources.map(({ path, id, items }) => ({
    id,
    coverage: {
      path,
      statements: items.statements.map((item) => ({ item, hasCode: false, ran: false })),
      conditions: items.conditions.map((item) => ({ item, hasCode: false, held: false, failed: false })),
    } satisfies SourceCoverage,
    conditionAt: new Map(items.conditions.map(({ start, length }: Item, i) => [key(start, length), i])),
    statementAt: new Map<string, number>(),
  }))
  const byId = new Map(all.map(({ id, ...rest }) => [id, rest]))
  for (const { creation, runtime } of artifacts) for (const code of [creation, runtime]) takeCode(code, record.hits.get(code)!, byId)
  return all.map(({ coverage }) => coverage)
}
