import type { SourceCoverage } from './measureCoverage.ts'

/** A line or a way of a condition that never ran. */
export type Gap = {
  source: string
  line: number
  /** The contract and function that it is in. */
  where: string
  /** A statement that did not run, or a condition and what it never was. */
  what: 'statement' | 'never true' | 'never false'
  /** Its text, with single spaces. */
  text: string
}

/** A gap that cannot be closed, and why. The line is not kept: it moves with every change above it. */
export type Unreachable = Omit<Gap, 'line'> & { reason: string }

/** Counts of one source, or of all. A line counts as run when every statement that begins on it ran. */
export type Totals = { lines: number; linesRun: number; branches: number; branchesRun: number }

/** What never ran, in the order of the sources. */
export function gapsOf(coverage: readonly SourceCoverage[]): Gap[] {
  return coverage.flatMap(({ path, statements, conditions }) => {
    const gap = ({ line, where, text }: { line: number; where: string; text: string }, what: Gap['what']): Gap => ({ source: path, line, where, what, text })
    return [
      ...statements.filter(({ hasCode, ran }) => hasCode && !ran).map(({ item }) => gap(item, 'statement')),
      ...conditions.filter(({ hasCode, held }) => hasCode && !held).map(({ item }) => gap(item, 'never true')),
      ...conditions.filter(({ hasCode, failed }) => hasCode && !failed).map(({ item }) => gap(item, 'never false')),
    ]
  })
}

/** How much of a source ran. */
export function totalsOf({ statements, conditions }: SourceCoverage): Totals {
  const lines = new Map<number, boolean>()
  for (const { item, hasCode, ran } of statements) if (hasCode) lines.set(item.line, (lines.get(item.line) ?? true) && ran)
  const decided = conditions.filter(({ hasCode }) => hasCode)
  return {
    lines: lines.size,
    linesRun: [...lines.values()].filter(Boolean).length,
    branches: 2 * decided.length,
    branchesRun: decided.reduce((sum, { held, failed }) => sum + Number(held) + Number(failed), 0),
  }
}

export const sumOf = (totals: readonly Totals[]): Totals =>
  totals.reduce((a, b) => ({ lines: a.lines + b.lines, linesRun: a.linesRun + b.linesRun, branches: a.branches + b.branches, branchesRun: a.branchesRun + b.branchesRun }), { lines: 0, linesRun: 0, branches: 0, branchesRun: 0 })

/**
 * Compares what never ran with the list of what cannot.
 * @returns the gaps that nobody explained, and the entries of the list that stand for no gap: what they name ran, or is gone
 */
export function explainGaps(gaps: readonly Gap[], list: readonly Unreachable[]): { open: Gap[]; stale: Unreachable[] } {
  const same = (a: Omit<Gap, 'line'>, b: Omit<Gap, 'line'>): boolean => a.source === b.source && a.where === b.where && a.what === b.what && a.text === b.text
  return { open: gaps.filter((gap) => !list.some((entry) => same(gap, entry))), stale: list.filter((entry) => !gaps.some((gap) => same(gap, entry))) }
}
