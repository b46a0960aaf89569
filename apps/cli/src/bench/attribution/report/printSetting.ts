import type { Output } from '../../../output/Output.ts'
import { querySets } from '../bank/BankSide.ts'
import type { PlantedResult } from '../results/PlantedResult.ts'
import { isMet, type MethodResult, type SetFigures, type SettingResult, type Target } from '../results/MethodResult.ts'

const digits = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(3).replace(/^(-?)0\./, '$1.'))

/** Prints the tables of one setting, with the targets and whether each is met. */
export function printSetting(output: Output, result: SettingResult): void {
  const { retrainings, losses } = result
  output.line()
  output.heading(`${result.setting}: ${result.about}`)
  output.line(`  ${result.records} records, ${result.parameters} parameters; retrained ${retrainings.leftOut} times without one contributor, ${retrainings.random} times without ${retrainings.without}`)
  for (const set of querySets) output.line(`  ${set}: ${losses[set].queries} queries, loss ${losses[set].base.toFixed(2)} → ${losses[set].tuned.toFixed(2)} nats per token`)
  for (const set of querySets) {
    output.line()
    output.table([set, 'LDS', '95 %', 'one left out', 'slope', 'share error', 'chosen elsewhere'], result.methods.map((method) => methodRow(method, method.figures[set], method.chosen[set])))
    output.line(`  true leave-one-out changes as scores: LDS ${digits(result.additive[set])}`)
  }
  output.line(`  ceiling: two seeds' true leave-one-out rankings agree ${digits(result.ceiling.leftOut)}`)
  output.line()
  output.table(['responses, gradient taken', ...querySets.flatMap((set) => [`LDS ${set}`, 'one left out', 'slope'])], result.points.map(({ at, figures }) => [at, ...querySets.flatMap((set) => [digits(figures[set].lds), digits(figures[set].leftOut), digits(figures[set].slope)])]))
  output.line()
  output.table(['target', 'wanted', 'measured', ''], result.targets.map(targetRow))
}

function methodRow({ name, ours }: MethodResult, figures: SetFigures, chosen: string): string[] {
  return [ours ? `${name} (ours)` : name, digits(figures.lds), `${digits(figures.interval.low)} … ${digits(figures.interval.high)}`, digits(figures.leftOut), digits(figures.slope), digits(figures.shareError), chosen]
}

function targetRow(target: Target): string[] {
  const { wanted } = target
  const bound = 'atLeast' in wanted ? `>= ${digits(wanted.atLeast)}` : 'atMost' in wanted ? `<= ${digits(wanted.atMost)}` : `${digits(wanted.from)} … ${digits(wanted.to)}`
  return [target.name, bound, digits(target.value), isMet(target) ? 'met' : 'MISSED']
}

/** Prints what planted and known facts were paid. */
export function printPlanted(output: Output, { planted, known, readoutMs, targets }: PlantedResult): void {
  output.line()
  output.heading('planted: facts that one contributor alone states, and facts that the base already knew')
  output.line(`  ${planted.facts} planted facts, ${planted.learnt} answered word for word; owner first in ${planted.ownerFirst}, mean share of the owner ${digits(planted.ownerShare)}`)
  output.line(`  ${known.facts} facts that the base answers word for word: paid by influence ${digits(known.paid)} of the pool`)
  output.line(`  readout (gradient and query vector) ${readoutMs.median.toFixed(0)} ms median, ${readoutMs.p99.toFixed(0)} ms p99`)
  output.table(['target', 'wanted', 'measured', ''], targets.map(targetRow))
}
