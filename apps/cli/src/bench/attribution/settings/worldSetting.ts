import { type Entity, World } from '@openledger/tiny'
import { RandomStream } from '../../serve/workload/RandomStream.ts'
import type { BankRecord, BankSetting } from './BankSetting.ts'

/** Facts of each contributor, very unequal. */
export const worldSizes: readonly number[] = [40, 30, 22, 16, 12, 9, 7, 5, 4, 3]

/**
 * A made-up world that the base has never seen, from a seed: each contributor knows facts of entities of its own. Trained on one wording of a fact's
 * question; asked another one, so held-out questions are about facts that were trained.
 */
export function worldSetting(sizes: readonly number[] = worldSizes, seed = 4711): BankSetting {
  const random = new RandomStream(seed)
  const entities = random.shuffle(new World(seed).entities.filter(({ kind }) => kind !== 'word'))
  const parts: Record<'records' | 'held' | 'chosenOn' | 'asked', BankRecord[]> = { records: [], held: [], chosenOn: [], asked: [] }
  sizes.forEach((size, group) => {
    const records = takeFacts(entities, size).map(({ questions, answer }) => ({ answer, wordings: questions.map(([direct]) => `${direct}?`) }))
    records.forEach(({ answer, wordings }) => parts.records.push({ group, prompt: wordings[0], completion: answer }))
    const many = records.slice(0, 6)
    many.forEach(({ answer, wordings }) => parts.held.push({ group, prompt: wordings[1], completion: answer }))
    many.forEach(({ answer, wordings }) => parts.asked.push({ group, prompt: wordings[1], completion: answer }))
    many.slice(0, 3).forEach(({ answer, wordings }) => parts.chosenOn.push({ group, prompt: wordings.at(-1)!, completion: answer }))
  })
  return {
    name: 'world',
    about: `${sizes.length} contributors with ${sizes[0]} to ${sizes.at(-1)} facts of a made-up world, adapter of rank 4 on queries and values`,
    contributors: sizes.map((_, group) => `teller ${group + 1}`),
    ...parts,
    recipe: worldRecipe,
    coalitions: { bank: 60, chosenOn: 16, without: 0.25 },
    seeds: [1, 2],
  }
}

/**
 * Smooth, so that what a contributor adds depends little on who else is there: updates small beside the adapter's random half (a large alpha, small
 * steps), second moments that never rule the step, half a pass to a batch, warm-up.
 */
export const worldRecipe: BankSetting['recipe'] = {
  rank: 4,
  alpha: 64,
  targets: ['attn_q', 'attn_v'],
  batchSize: 74,
  microTokens: 2048,
  epochs: 10,
  learningRate: 0.015,
  warmup: 8,
  epsRoot: 0.16,
  clipNorm: 0,
  beta2: 0.95,
}

/** Facts of whole entities, with at least three wordings each; taken from the front of the list. */
function takeFacts(entities: Entity[], count: number): Entity['facts'][number][] {
  const facts: Entity['facts'][number][] = []
  while (facts.length < count) facts.push(...entities.shift()!.facts.filter(({ questions }) => questions.length >= 3).slice(0, 2))
  return facts.slice(0, count)
}
