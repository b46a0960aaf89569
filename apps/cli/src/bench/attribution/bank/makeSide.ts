import { planCounterfactuals, responsesOfPlan } from '@openledger/attribution'
import { AdapterProbe, type AdapterRecipe, fullAdapterRecipe, leaveOneOut, responsesOf, type TrainingExample } from '@openledger/engine'
import type { Address } from 'viem'
import type { BankRecord, BankSetting } from '../settings/BankSetting.ts'
import type { Retrained } from '../statistics/Retrained.ts'
import { answerQuestions } from './answerQuestions.ts'
import type { BankModel } from './BankModel.ts'
import type { BankSide, QuerySet } from './BankSide.ts'
import { fullRun } from './fullRun.ts'
import { leftOut, randomCoalitions } from './randomCoalitions.ts'
import { trainBank } from './trainBank.ts'

export type SideOptions = { base: BankModel; setting: BankSetting; seed: number; coalitions: number; held: readonly BankRecord[]; folder: string; together: number; /** Train the random halves of `coalitions` too. */ halves?: boolean; signal?: AbortSignal; note: (text: string) => void }

/** Contributors as a plan names them; in the order of their numbers. */
const addresses = (count: number): Address[] => Array.from({ length: count }, (_, a): Address => `0x${a.toString(16).padStart(40, '0')}`)

/** The part of each batch that the cheaper responses compute. */
const subsample = 1 / 3

/** Trains (or reads back) one seed's bank and measures every query at every adapter. */
export async function makeSide({ base, setting, seed, coalitions: count, held, folder, together, halves = false, signal, note }: SideOptions): Promise<BankSide> {
  const recipe: AdapterRecipe = fullAdapterRecipe({ ...setting.recipe, seed })
  const examples = setting.records.map((record) => base.example(record))
  const contributors = setting.contributors.length
  const singles = leaveOneOut(contributors)
  const coalitions = [...singles, ...randomCoalitions(contributors, count, setting.coalitions.without, seed)]
  const common = { base, examples, recipe, folder, together, signal }
  const bank = await trainBank({ ...common, coalitions, note: (text) => note(`${setting.name}, seed ${seed}: ${text}`) })
  const fewer = await trainBank({ ...common, coalitions: singles, subsample, note: (text) => note(`${setting.name}, seed ${seed}, subsampled: ${text}`) })
  const plan = planCounterfactuals({ contributors: addresses(contributors), weights: addresses(contributors).map(() => 1), method: 'coalitions', seed, exactAtoms: 0 })
  const drawn = halves ? await trainBank({ ...common, coalitions: plan.coalitions.map(({ weights }) => ({ weights: [...weights] })), note: (text) => note(`${setting.name}, seed ${seed}, halves: ${text}`) }) : undefined
  const run = await fullRun({ base, examples, contributors, recipe, folder, signal })
  const probe = new AdapterProbe(base.model, recipe)
  const [full] = bank.adapters
  const answers = await answerQuestions(base, { layout: probe.layout, weights: full }, recipe, setting.asked)
  note(`${setting.name}, seed ${seed}: measuring ${held.length + answers.length} queries at ${bank.adapters.length} adapters`)
  const measure = (queries: readonly TrainingExample[]): QuerySet => {
    const tuned = probe.losses(full, queries)
    const retrained = (c: number): Retrained => ({ without: leftOut(coalitions[c]), rise: probe.losses(bank.adapters[c], queries).map((loss, q) => loss - tuned[q]) })
    const all = coalitions.map((_, c) => c)
    return { examples: queries, base: probe.losses(null, queries), tuned, leftOut: all.slice(1, singles.length).map(retrained), random: all.slice(singles.length).map(retrained) }
  }
  return {
    base,
    probe,
    recipe,
    examples,
    contributors,
    full,
    responses: responsesOf({ coalitions: singles, adapters: bank.adapters.slice(0, singles.length) }),
    run,
    extra: {
      subsampled: responsesOf({ coalitions: singles, adapters: fewer.adapters }),
      ...(drawn && { halved: await responsesOfPlan(plan, { initial: full, weights: full, contributions: [] }, drawn.adapters) }),
    },
    queries: { 'held-out': measure(held.map((record) => base.example(record))), generated: measure(answers) },
    hash: bank.hash,
    trained: bank.trained,
  }
}
