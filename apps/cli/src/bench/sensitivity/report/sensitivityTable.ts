import type { Sensitivity, SensitivityAnalysis, SensitivityRow } from '../analysis/analyse.ts'

export const tableTitles = ['a node’s lie', 'false answers', 'executed again, same build', 'margins, another build', 'fingerprint, another build'] as const

const percent = (rate: number): string => `${rate === 1 || rate === 0 ? 100 * rate : (100 * rate).toFixed(rate > 0.995 ? 2 : 1)} %`

function cell({ judged, rate, tokens }: Sensitivity): string {
  if (judged === 0) return '-'
  return tokens === null ? percent(rate) : `${percent(rate)}, ${tokens} ${tokens === 1 ? 'token' : 'tokens'}`
}

function rowOf({ lie, answers, cameOutTrue, exact, margins, fingerprint }: SensitivityRow): string[] {
  return [lie, `${answers - cameOutTrue} of ${answers}`, cell(exact), cell(margins), cell(fingerprint)]
}

/** The table as rows of text: the part of the false answers that each test finds, and after how many tokens in the middle. */
export const tableRows = ({ rows }: SensitivityAnalysis): string[][] => rows.map(rowOf)

/** What the thresholds rest on, a line each. */
export function summaryLines({ honest, elsewhere, margins, tolerance, fingerprint, rate }: SensitivityAnalysis): string[] {
  const judged = Object.entries(honest.judged).map(([build, count]) => `${count} by ${build}`).join(', ')
  return [
    `honest answers: ${honest.answers} of ${honest.tokens} tokens; executed again under the same build: ${honest.exactWrong} of ${honest.exactChecked} wrong`,
    `under other builds (${judged}): ${honest.calledWrong} called wrong; ${percent(honest.differing)} of tokens are others there, the largest margin is ${honest.largestMargin.toFixed(3)}`,
    `margins run ahead of ${tolerance.perToken} a token by at most ${margins.largest.toFixed(3)}; ${margins.quantile.toFixed(3)} is exceeded once in ${Math.round(1 / rate)} answers by the fitted tail (shape ${margins.shape.toFixed(2)}, ${margins.exceedances} of ${margins.count} above ${margins.threshold.toFixed(3)}); ${tolerance.wrongAbove} are tolerated`,
    ...elsewhere.filter(({ answers }) => answers > 0).map(({ row, answers, judged, calledWrong, ahead }) => `${row}: ${answers} answers, ${calledWrong} of ${judged} judgements called them wrong, margins run ahead by at most ${ahead.toFixed(3)}`),
    `fingerprints: more than ${fingerprint.exponents.quantile.toFixed(1)} exponents of 128, or a mean above ${fingerprint.meanMantissa.quantile.toFixed(2)} or a median above ${fingerprint.medianMantissa.quantile.toFixed(1)} of the mantissas’ differences, is far (once in ${Math.round(1 / rate)} of ${fingerprint.exponents.count})`,
  ]
}

/** The table as Markdown. */
export function markdownTable(analysis: SensitivityAnalysis): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(tableTitles), line(tableTitles.map(() => '---')), ...tableRows(analysis).map(line)].join('\n')
}
