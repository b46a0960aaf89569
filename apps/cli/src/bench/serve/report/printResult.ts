import type { Output } from '../../../output/Output.ts'
import { median } from '../measure/quantile.ts'
import { type Check, type Figure, isMet, type ScenarioResult } from './ScenarioResult.ts'

/** A number with as many digits as it deserves. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return '-'
  const size = Math.abs(value)
  return size >= 1000 ? Math.round(value).toLocaleString('en-US') : size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(size >= 0.01 || size === 0 ? 2 : 4)
}

/** Prints one scenario: its figures with median and spread, its checks, its remarks. */
export function printResult(output: Output, result: ScenarioResult): void {
  output.line()
  output.heading(`${result.scenario}: ${result.about}`)
  output.line(`  ${Object.entries(result.workload).map(([name, value]) => `${name} ${value}`).join(' · ')}`)
  if (result.figures.length > 0) output.table(['', 'median', 'spread', 'unit'], result.figures.map(figureRow))
  if (result.checks.length > 0) output.table(['promise', 'wanted', 'measured', ''], result.checks.map(checkRow))
  for (const remark of result.remarks) output.line(`  ${remark}`)
}

function figureRow({ name, unit, values }: Figure): string[] {
  const spread = values.length > 1 ? `${showNumber(Math.min(...values))} … ${showNumber(Math.max(...values))}` : ''
  return [name, values.length === 0 ? '-' : showNumber(median(values)), spread, unit]
}

function checkRow(check: Check): string[] {
  const wanted = 'atLeast' in check ? `>= ${showNumber(check.atLeast)}` : `<= ${showNumber(check.atMost)}`
  const unit = check.unit === '' ? '' : ` ${check.unit}`
  return [check.name, wanted + unit, showNumber(check.value) + unit, isMet(check) ? 'met' : 'MISSED']
}
