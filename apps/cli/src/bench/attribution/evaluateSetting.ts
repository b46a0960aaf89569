import { type BankModel } from './bank/BankModel.ts'
import { type BankSide, querySets } from './bank/BankSide.ts'
import { makeSide } from './bank/makeSide.ts'
import { baselineMethods } from './methods/baselineMethods.ts'
import { eachSet, evaluateMethods, figuresOf, trainingWeights } from './methods/evaluateMethod.ts'
import { ourMethods, readoutByPoints } from './methods/ourMethods.ts'
import type { MethodResult, SettingResult, Target } from './results/MethodResult.ts'
import type { BankSetting } from './settings/BankSetting.ts'
import { ldsByQuery, mean } from './statistics/lds.ts'
import { spearman } from './statistics/spearman.ts'

export type SettingOptions = { base: BankModel; setting: BankSetting; folder: string; together: number; signal?: AbortSignal; note: (text: string) => void }

/** Trains or reads back both banks of a setting, scores every method on both, and reports what each reaches on the first. */
export async function evaluateSetting({ base, setting, folder, together, signal, note }: SettingOptions): Promise<SettingResult> {
  const began = performance.now()
  const { coalitions, seeds, held, chosenOn } = setting
  const common = { base, setting, folder, together, signal, note }
  const side = await makeSide({ ...common, seed: seeds[0], coalitions: coalitions.bank, held, halves: true })
  const other = await makeSide({ ...common, seed: seeds[1], coalitions: coalitions.chosenOn, held: chosenOn })
  try {
    const score = async (one: BankSide, name: string) => [...ourMethods(one), ...(await baselineMethods(one, (text) => note(`${setting.name}, ${name}: ${text}`)))]
    const [methods, others] = [await score(side, 'bank'), await score(other, 'bank of dampings')]
    const results = evaluateMethods(methods, side, { methods: others, side: other })
    const weights = trainingWeights(side)
    return {
      setting: setting.name,
      about: setting.about,
      baseId: base.model.id,
      banks: [side.hash, other.hash],
      contributors: side.contributors,
      records: side.examples.length,
      parameters: side.full.length,
      retrainings: { leftOut: side.contributors, random: side.queries['held-out'].random.length, without: side.queries['held-out'].random[0].without.length },
      recipe: { ...side.recipe },
      losses: eachSet((set) => ({ queries: side.queries[set].examples.length, base: mean(side.queries[set].base), tuned: mean(side.queries[set].tuned) })),
      ceiling: { leftOut: crossSeed(side, other, base, setting) },
      additive: eachSet((set) => mean(ldsByQuery(trueChanges(side, set), side.queries[set].random))),
      methods: results,
      points: [...readoutByPoints(side)].map(([at, scores]) => ({ at, figures: eachSet((set) => figuresOf(scores[set], side.queries[set], weights)) })),
      targets: targetsOf(results),
      seconds: (performance.now() - began) / 1000,
    }
  } finally {
    side.probe.dispose()
    other.probe.dispose()
  }
}

const trueChanges = ({ queries }: BankSide, set: (typeof querySets)[number]): number[][] => queries[set].examples.map((_, q) => queries[set].leftOut.map(({ rise }) => rise[q]))

/** How far two seeds agree on who mattered: mean rank correlation of the true leave-one-out changes over the held-out queries. */
function crossSeed(side: BankSide, other: BankSide, base: BankModel, { held }: BankSetting): number {
  const examples = held.map((record) => base.example(record))
  const tuned = other.probe.losses(other.full, examples)
  const columns = other.responses.map((r) => other.probe.losses(other.full.map((value, i) => value - r[i]), examples))
  return mean(trueChanges(side, 'held-out').map((row, q) => spearman(row, columns.map((losses) => losses[q] - tuned[q]))))
}

/** What the project promised for this setting. */
function targetsOf(results: readonly MethodResult[]): Target[] {
  const { figures } = results.find(({ name }) => name === 'responses')!
  const targets: Target[] = [
    { name: 'LDS, held-out', value: figures['held-out'].lds, wanted: { atLeast: 0.95 } },
    { name: 'LDS, generated', value: figures.generated.lds, wanted: { atLeast: 0.9 } },
  ]
  for (const set of querySets) {
    const { leftOut, slope, shareError } = figures[set]
    targets.push({ name: `leave-contributor-out Spearman, ${set}`, value: leftOut, wanted: { atLeast: 0.95 } })
    targets.push({ name: `slope, ${set}`, value: slope ?? Number.NaN, wanted: { from: 0.8, to: 1.2 } })
    targets.push({ name: `share error, ${set}`, value: shareError ?? Number.NaN, wanted: { atMost: 0.12 } })
  }
  return targets
}

