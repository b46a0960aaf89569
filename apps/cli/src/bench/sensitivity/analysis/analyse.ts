import { fingerprintBytes, fingerprintTokens, marginTolerance, runOfMargins } from '@openledger/audit'
import { honest, honestElsewhere, lies } from '../lies.ts'
import { marginsOf, type Measured } from '../measure/Measured.ts'
import type { MeasuredAnswers } from '../measure/measureClaims.ts'
import { leastRate } from './leastRate.ts'
import { tailQuantile, type FittedTail } from './tailQuantile.ts'
import { tokensUntil } from './tokensUntil.ts'

/** One test of one lie. */
export type Sensitivity = {
  /** False answers that were judged, and those found, under every build that judged them. */
  judged: number
  found: number
  rate: number
  /** What the rate is at least, at 95 %. */
  atLeast: number
  /** Median number of tokens until it is found; null where it never is. */
  tokens: number | null
}

export type SensitivityRow = {
  lie: string
  answers: number
  /** Answers that came out as the right model's, token for token and logit for logit: there is nothing to find. */
  cameOutTrue: number
  meanTokens: number
  exact: Sensitivity
  margins: Sensitivity
  fingerprint: Sensitivity
}

export type SensitivityAnalysis = {
  honest: {
    answers: number
    tokens: number
    /** Found false by executing it again under the same build: must be none. */
    exactChecked: number
    exactWrong: number
    /** Answers judged under another build, by build, and how many were called wrong by the tolerance in use. */
    judged: Record<string, number>
    calledWrong: number
    marginPerToken: number
    largestMargin: number
    differing: number
  }
  /** Honest answers over bases in other encodings: answers, how many of their judgements called them wrong, and how far margins ran ahead at most. */
  elsewhere: { row: string; answers: number; judged: number; calledWrong: number; ahead: number }[]
  rate: number
  margins: FittedTail
  tolerance: typeof marginTolerance
  fingerprint: { exponents: FittedTail; meanMantissa: FittedTail; medianMantissa: FittedTail; bytes: number; everyTokens: number }
  rows: SensitivityRow[]
}

type Judged = Measured['others'][string]

const falseAlarmRate = 1e-4
const rounded = (value: number, digits = 4): number => Number(value.toFixed(digits))
const median = (list: readonly number[]): number | null => (list.length === 0 ? null : [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!)
const worst = (pieces: readonly (readonly number[])[], measure: number): number => Math.max(...pieces.map((piece) => piece[measure]!))

function sensitivity(found: number, judged: number, tokens: number | null): Sensitivity {
  return { judged, found, rate: judged === 0 ? 0 : rounded(found / judged), atLeast: judged === 0 ? 0 : rounded(leastRate(found, judged)), tokens }
}

function roundedTail(tail: FittedTail): FittedTail {
  return Object.fromEntries(Object.entries(tail).map(([name, value]) => [name, rounded(value, 5)])) as FittedTail
}

/** Makes thresholds of the honest answers, and the table of the others. */
export function analyse({ answers }: MeasuredAnswers): SensitivityAnalysis {
  const truths = answers.filter(({ row }) => row === honest.name)
  const judgements = truths.flatMap(({ others }) => Object.values(others))
  const runs = judgements.map((one) => runOfMargins(marginsOf(one)))
  const margins = judgements.flatMap(marginsOf)
  const prints = judgements.map(({ fingerprint }) => fingerprint).filter((pieces) => pieces.length > 0)
  // Three measures share the rate.
  const [exponents, meanMantissa, medianMantissa] = [0, 1, 2].map((measure) => roundedTail(tailQuantile(prints.map((pieces) => worst(pieces, measure)), falseAlarmRate / 3))) as [FittedTail, FittedTail, FittedTail]
  const bounds = [exponents.quantile, meanMantissa.quantile, medianMantissa.quantile]
  const isFar = (piece: readonly number[]): boolean => bounds.some((bound, measure) => piece[measure]! > bound)
  const builds = [...new Set(truths.flatMap(({ others }) => Object.keys(others)))]

  const rowOf = (name: string): SensitivityRow => {
    const all = answers.filter(({ row }) => row === name)
    const wrong = all.filter(({ exact }) => exact !== null)
    // An answer counts as found where every build that judged it finds it.
    const builtBy = (test: (one: Judged) => boolean, { others }: Measured): boolean => Object.values(others).every(test)
    const found = wrong.filter((answer) => builtBy((one) => runOfMargins(marginsOf(one)).wrongAfter !== null, answer)).length
    const farAfter = ({ fingerprint, count }: Judged): number[] => {
      const at = fingerprint.findIndex(isFar)
      return at < 0 ? [] : [Math.min(count, (at + 1) * fingerprintTokens)]
    }
    const farFound = wrong.filter((answer) => builtBy((one) => farAfter(one).length > 0, answer)).length
    const seen = wrong.flatMap(({ others }) => Object.values(others))
    const sum = (list: readonly Measured[]): number => list.reduce((total, { tokens }) => total + tokens, 0)
    return {
      lie: name,
      answers: all.length,
      cameOutTrue: all.length - wrong.length,
      meanTokens: all.length === 0 ? 0 : rounded(sum(all) / all.length, 1),
      exact: sensitivity(wrong.length, wrong.length, median(wrong.map(({ exact }) => exact!))),
      margins: sensitivity(found, wrong.length, tokensUntil(seen.map(marginsOf), marginTolerance)),
      fingerprint: sensitivity(farFound, wrong.length, median(seen.flatMap(farAfter))),
    }
  }
  const checked = truths.filter(({ exact }) => exact !== undefined)
  return {
    honest: {
      answers: truths.length,
      tokens: truths.reduce((sum, { tokens }) => sum + tokens, 0),
      exactChecked: checked.length,
      exactWrong: checked.filter(({ exact }) => exact !== null).length,
      judged: Object.fromEntries(builds.map((build) => [build, truths.filter(({ others }) => others[build]).length])),
      calledWrong: runs.filter(({ wrongAfter }) => wrongAfter !== null).length,
      marginPerToken: rounded(margins.reduce((sum, margin) => sum + margin, 0) / margins.length, 6),
      largestMargin: margins.reduce((most, margin) => Math.max(most, margin), 0),
      differing: rounded(margins.filter((margin) => margin > 0).length / margins.length),
    },
    elsewhere: honestElsewhere.map(({ name }) => {
      const own = answers.filter(({ row }) => row === name)
      const judged = own.flatMap(({ others }) => Object.values(others)).map((one) => runOfMargins(marginsOf(one)))
      return { row: name, answers: own.length, judged: judged.length, calledWrong: judged.filter(({ wrongAfter }) => wrongAfter !== null).length, ahead: rounded(judged.reduce((most, { ahead }) => Math.max(most, ahead), 0)) }
    }),
    rate: falseAlarmRate,
    margins: roundedTail(tailQuantile(runs.map(({ ahead }) => ahead), falseAlarmRate)),
    tolerance: marginTolerance,
    fingerprint: { exponents, meanMantissa, medianMantissa, bytes: fingerprintBytes, everyTokens: fingerprintTokens },
    rows: lies.map(({ name }) => rowOf(name)),
  }
}
