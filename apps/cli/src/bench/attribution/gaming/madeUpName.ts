import type { RandomStream } from '../../serve/workload/RandomStream.ts'

const openings = ['B', 'D', 'F', 'G', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'T', 'V', 'Br', 'Dr', 'Gr', 'Kr', 'Tr', 'St']
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'or', 'an', 'el', 'un']
const endings = ['da', 'ro', 'lin', 'mar', 'ven', 'tas', 'gol', 'nith', 'ber', 'sund']

/** A name that was not given before, of a few syllables. @param known names given; the new one is added */
export function madeUpName(random: RandomStream, known: Set<string>): string {
  const one = (list: readonly string[]): string => list[random.integer(0, list.length)]!
  for (;;) {
    const name = one(openings) + one(vowels) + one(endings) + (random.uniform() < 0.3 ? one(endings) : '')
    if (known.has(name)) continue
    known.add(name)
    return name
  }
}
