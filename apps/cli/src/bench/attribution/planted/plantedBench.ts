import { buildQueryVector, gradientPath, surprisal } from '@openledger/attribution'
import { AdapterProbe, AnswerGradients, type AdapterRecipe, adapterFromParameters, fullAdapterRecipe, leaveOneOut, responsesOf, type TrainingExample } from '@openledger/engine'
import { quantile } from '../../serve/measure/quantile.ts'
import { answerQuestions } from '../bank/answerQuestions.ts'
import type { BankModel } from '../bank/BankModel.ts'
import { trainBank } from '../bank/trainBank.ts'
import { readout, tableOf } from '../methods/readout.ts'
import { sharesOf } from '../methods/shareError.ts'
import type { PlantedResult } from '../results/PlantedResult.ts'
import type { BankRecord } from '../settings/BankSetting.ts'
import { mean } from '../statistics/lds.ts'
import { plantedFacts } from './plantedFacts.ts'

/** What the node's own recipe does to a few hundred records: it learns them by heart. */
export const plantedRecipe: Partial<AdapterRecipe> = { rank: 8, alpha: 16, batchSize: 32, epochs: 16, learningRate: 0.006, warmup: 10, epsRoot: 1e-6, microTokens: 2048 }

/** Trains on planted and known facts, with and without each contributor, and looks at who is named and paid for answers about each. */
export async function plantedBench({ base, folder, together, signal, note }: { base: BankModel; folder: string; together: number; signal?: AbortSignal; note: (text: string) => void }): Promise<PlantedResult> {
  const facts = plantedFacts()
  const recipe = fullAdapterRecipe(plantedRecipe)
  const examples = facts.records.map((record) => base.example(record))
  const coalitions = leaveOneOut(facts.contributors)
  const bank = await trainBank({ base, examples, recipe, coalitions, folder, together, signal, note: (text) => note(`planted: ${text}`) })
  const [full] = bank.adapters
  const responses = responsesOf({ coalitions, adapters: bank.adapters })
  const weights = Array.from({ length: facts.contributors }, (_, a) => examples.filter(({ group }) => group === a).length)
  const table = tableOf(responses, 'responses', weights)
  const probe = new AdapterProbe(base.model, recipe)
  try {
    const adapter = { layout: probe.layout, weights: full }
    note('planted: answering')
    const nothing = { layout: probe.layout, weights: new Float32Array(full.length) }
    const known = right(await answerQuestions(base, nothing, recipe, facts.known), facts.known)
    const answers = await answerQuestions(base, adapter, recipe, facts.planted)
    const answersKnown = await answerQuestions(base, adapter, recipe, known)
    note('planted: scoring')
    const pay = (list: readonly TrainingExample[]) => {
      const [tuned, bare] = [probe.losses(full, list), probe.losses(null, list)]
      const told = toldBase(base, adapter, recipe, list)
      return readout({ probe, full }, table, list).map((row, q) => ({ row, shares: sharesOf(row, weights, { base: bare[q], tuned: tuned[q] }, told[q]), group: list[q].group }))
    }
    const [owned, common] = [pay(answers), pay(answersKnown)]
    const first = owned.filter(({ row, group }) => Array.from(row).every((score, a) => a === group || score < row[group])).length
    const figures = {
      planted: { facts: answers.length, learnt: right(answers, facts.planted).length, ownerFirst: first, ownerShare: mean(owned.map(({ shares, group }) => shares[group])) },
      known: { facts: common.length, paid: mean(common.map(({ shares }) => shares.reduce((sum, share) => sum + share, 0))) },
    }
    return {
      ...figures,
      readoutMs: timeReadout(base, adapter, recipe, table, answers),
      bank: bank.hash,
      targets: [
        { name: 'planted facts: owner ranked first', value: (100 * first) / answers.length, wanted: { atLeast: 99 } },
        { name: 'known facts: part of the pool paid', value: figures.known.paid, wanted: { atMost: 0.05 } },
      ],
    }
  } finally {
    probe.dispose()
  }
}

/** The questions that were answered word for word. */
function right(answers: readonly { text: string }[], records: readonly BankRecord[]): BankRecord[] {
  return records.filter(({ completion }, i) => answers[i]?.text.trim() === completion.trim())
}

/** What each token of each answer told the bare base. */
function toldBase(base: BankModel, parameters: { layout: AdapterProbe['layout']; weights: Float32Array }, recipe: AdapterRecipe, answers: readonly TrainingExample[]): number[][] {
  const gradients = new AnswerGradients(base.model)
  try {
    const adapter = adapterFromParameters(parameters, recipe, base.model)
    return answers.map(({ tokens, supervisedFrom }) => Array.from(gradients.compute(adapter, tokens, supervisedFrom).baseProbabilities, surprisal))
  } finally {
    gradients.dispose()
  }
}

function timeReadout(base: BankModel, parameters: { layout: AdapterProbe['layout']; weights: Float32Array }, recipe: AdapterRecipe, table: ReturnType<typeof tableOf>, answers: readonly TrainingExample[]): { median: number; p99: number } {
  const gradients = new AnswerGradients(base.model)
  try {
    const adapter = adapterFromParameters(parameters, recipe, base.model)
    const path = gradientPath(table)
    const once = ({ tokens, supervisedFrom }: TrainingExample): number => {
      const began = performance.now()
      buildQueryVector(gradients.compute(adapter, tokens, supervisedFrom, path).gradient)
      return performance.now() - began
    }
    answers.slice(0, 10).forEach(once)
    const times = answers.map(once)
    return { median: quantile(times, 0.5), p99: quantile(times, 0.99) }
  } finally {
    gradients.dispose()
  }
}
