import { readFileSync } from 'node:fs'
import { marginTolerance } from '@openledger/audit'
import { auditsToFind, measuredDetection } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { lies } from '../lies.ts'
import type { SensitivityReport } from '../sensitivityBench.ts'
import { markdownTable, summaryLines } from './sensitivityTable.ts'

const docs = (name: string): string => readFileSync(new URL(`../../../../../../docs/${name}`, import.meta.url), 'utf8')
const { analysis } = JSON.parse(docs('bench/sensitivity.json')) as SensitivityReport

describe('the measured table of lies', () => {
  it('has a row for each lie, and stands in the documents as it was measured', () => {
    expect(analysis.rows.map(({ lie }) => lie)).toEqual(lies.map(({ name }) => name))
    const page = docs('network.md')
    expect(page).toContain(markdownTable(analysis))
    for (const line of summaryLines(analysis)) expect(page).toContain(line)
  })

  it('bears out the tolerance that auditors judge by, and no honest answer was called wrong', () => {
    const { honest, margins, rate } = analysis
    expect(analysis.tolerance).toEqual(marginTolerance)
    expect(rate).toBe(1e-4)
    expect(marginTolerance.wrongAbove).toBeGreaterThanOrEqual(margins.quantile)
    expect([honest.exactWrong, honest.calledWrong]).toEqual([0, 0])
  })

  it('is what the bond rule counts on: of the lie that hides best, the rate that was shown at least', () => {
    const judged = analysis.rows.filter(({ exact }) => exact.judged > 0)
    expect(judged.map(({ lie }) => lie)).toEqual(lies.filter(({ twist }) => twist !== 'chosen seed').map(({ name }) => name))
    const least = (test: 'exact' | 'margins'): number => Math.min(...judged.map((row) => row[test].atLeast))
    // Cut to hundredths.
    expect(measuredDetection).toEqual({ sameProfilePpm: 10_000 * Math.floor(100 * least('exact')), otherProfilePpm: 10_000 * Math.floor(100 * least('margins')) })
    expect(docs('protocol.md')).toContain(`in ${auditsToFind({ detectionPpm: measuredDetection.otherProfilePpm })} audits`)
  })
})
