import { World, worldSeed } from '@openledger/tiny'
import { RandomStream } from '../../serve/workload/RandomStream.ts'
import type { BankRecord } from '../settings/BankSetting.ts'

export type PlantedFacts = {
  contributors: number
  records: BankRecord[]
  /** One question per planted fact, worded as in training; the group is the one contributor who states it. */
  planted: BankRecord[]
  /** Questions about the base's own world, with one contributor's records of them; those that the base answers right count as known. */
  known: BankRecord[]
}

/**
 * Facts of a made-up world, each stated by one contributor alone in two wordings, and one more contributor (the last) who repeats facts of the world that the base
 * was trained on.
 */
export function plantedFacts(owners = 10, each = 10, known = 30, seed = 97): PlantedFacts {
  const random = new RandomStream(seed)
  const factsOf = (world: number) => random.shuffle(new World(world).entities.filter(({ kind }) => kind !== 'word' && kind !== 'office')).map(({ facts }) => facts[0])
  const made = factsOf(seed).filter(({ questions }) => questions.length >= 2)
  const real = factsOf(worldSeed)
  const record = (group: number, { questions, answer }: (typeof made)[number], wording: number): BankRecord => ({ group, prompt: `${questions[wording % questions.length][0]}?`, completion: answer })
  const stated = Array.from({ length: owners * each }, (_, i) => ({ group: i % owners, fact: made[i] }))
  const repeated = real.slice(0, known)
  return {
    contributors: owners + 1,
    records: [...stated.flatMap(({ group, fact }) => [record(group, fact, 0), record(group, fact, 1)]), ...repeated.map((fact) => record(owners, fact, 0))],
    planted: stated.map(({ group, fact }) => record(group, fact, 0)),
    known: repeated.map((fact) => record(owners, fact, 0)),
  }
}
