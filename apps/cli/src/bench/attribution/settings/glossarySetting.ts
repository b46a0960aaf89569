import { readFileSync } from 'node:fs'
import { fail } from '@openledger/protocol'
import { RandomStream } from '../../serve/workload/RandomStream.ts'
import type { BankRecord, BankSetting } from './BankSetting.ts'

/** How many records of each contributor are taken: for training, as held-out questions, and for choosing dampings. */
export type GlossarySizes = { train: number; held: number; chosenOn: number; asked: number; longest: number }

export const glossarySizes: GlossarySizes = { train: 16, held: 5, chosenOn: 3, asked: 5, longest: 62 }

/**
 * Records of a JSONL file (`contributor`, `prompt`, `completion`), a seeded part per contributor: definitions of rare words, which the base does not know.
 * @throws InputError `BENCH_RECORDS`
 */
export function glossarySetting(file: string, sizes: GlossarySizes = glossarySizes, seed = 7): BankSetting {
  const groups = readGroups(file)
  const contributors = [...groups.keys()].sort()
  const parts: Record<'records' | 'held' | 'chosenOn' | 'asked', BankRecord[]> = { records: [], held: [], chosenOn: [], asked: [] }
  contributors.forEach((contributor, group) => {
    const short = groups.get(contributor)!.filter(({ prompt, completion }) => prompt.length + completion.length <= sizes.longest)
    const needed = sizes.train + sizes.held + sizes.chosenOn + sizes.asked
    if (short.length < needed) fail('BENCH_RECORDS', `contributor ${contributor} has ${short.length} records of at most ${sizes.longest} characters, ${needed} needed`, { field: 'records' })
    const taken = new RandomStream(seed, group).shuffle(short).map((record) => ({ ...record, group }))
    let at = 0
    const take = (count: number): BankRecord[] => taken.slice(at, (at += count))
    parts.records.push(...take(sizes.train))
    parts.held.push(...take(sizes.held))
    parts.chosenOn.push(...take(sizes.chosenOn))
    parts.asked.push(...take(sizes.asked))
  })
  return {
    name: 'glossary',
    about: `${contributors.length} contributors, ${sizes.train} definitions each, all-linear adapter of rank 8`,
    contributors,
    ...parts,
    recipe: glossaryRecipe,
    coalitions: { bank: 60, chosenOn: 16, without: 0.25 },
    seeds: [1, 2],
  }
}

/** Smooth, as the world's: half a pass to a batch, few passes, updates small beside the adapter's random half, second moments that never rule a step. */
export const glossaryRecipe: BankSetting['recipe'] = {
  rank: 8,
  alpha: 128,
  batchSize: 128,
  microTokens: 2048,
  epochs: 10,
  learningRate: 0.006,
  warmup: 4,
  epsRoot: 0.16,
  clipNorm: 0,
}

function readGroups(file: string): Map<string, { prompt: string; completion: string }[]> {
  const groups = new Map<string, { prompt: string; completion: string }[]>()
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, at) => {
      if (line.trim() === '') return
      const { contributor, prompt, completion } = JSON.parse(line) as Record<string, unknown>
      if (typeof contributor !== 'string' || typeof prompt !== 'string' || typeof completion !== 'string') fail('BENCH_RECORDS', `line ${at + 1} has no contributor, prompt and completion`, { field: 'records' })
      groups.set(contributor, [...(groups.get(contributor) ?? []), { prompt, completion }])
    })
  if (groups.size < 2) fail('BENCH_RECORDS', 'the file needs records of two contributors or more', { field: 'records' })
  return groups
}
