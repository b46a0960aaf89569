import { basename } from 'node:path'
import { sumOf, totalsOf, type Totals } from './gaps.ts'
import type { SourceCoverage } from './measureCoverage.ts'

const percent = (part: number, whole: number): string => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`)
const row = (name: string, { lines, linesRun, branches, branchesRun }: Totals): string =>
  `${name.padEnd(26)} ${`${linesRun} / ${lines}`.padStart(13)} ${percent(linesRun, lines).padStart(8)} ${`${branchesRun} / ${branches}`.padStart(13)} ${percent(branchesRun, branches).padStart(8)}`

/** A table with a row for each source that can run, and one for all. */
export function coverageTable(coverage: readonly SourceCoverage[]): string {
  const rows = coverage.map((source) => ({ name: basename(source.path, '.sol'), totals: totalsOf(source) })).filter(({ totals }) => totals.lines > 0)
  const head = `${'contract'.padEnd(26)} ${'lines'.padStart(13)} ${''.padStart(8)} ${'branches'.padStart(13)}`
  return [head, ...rows.map(({ name, totals }) => row(name, totals)), row('all', sumOf(rows.map(({ totals }) => totals)))].join('\n')
}
