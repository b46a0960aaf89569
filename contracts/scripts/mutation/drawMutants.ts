import { createHash } from 'node:crypto'
import type { Mutant } from './findMutants.ts'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Draws mutants, each with the same chance and each file in proportion to its own: the k-th of n of a file stands at (k + u) / n, where u is the file's. A smaller
 * draw is the beginning of a larger one, so that a campaign which is cut short is a draw too.
 * @param mutants all of them
 * @param count how many, or undefined for all
 * @param seed whatever it is, equal seeds give equal draws
 */
export function drawMutants(mutants: readonly Mutant[], count: number | undefined, seed: string): Mutant[] {
  const byFile = new Map<string, Mutant[]>()
  for (const mutant of mutants) byFile.set(mutant.file, [...(byFile.get(mutant.file) ?? []), mutant])
  const placed = [...byFile].flatMap(([file, own]) => {
    const offset = Number.parseInt(digest(`${seed} ${file}`).slice(0, 8), 16) / 2 ** 32
    const shuffled = own.map((mutant) => ({ mutant, key: digest(`${seed} ${mutant.id}`) })).sort((a, b) => (a.key < b.key ? -1 : 1))
    return shuffled.map(({ mutant, key }, k) => ({ mutant, key, at: (k + offset) / own.length }))
  })
  return placed.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1)).slice(0, count).map(({ mutant }) => mutant)
}

/**
 * The interval in which the part of all lies with a chance of 95 %, after Wilson (1927), narrowed by what of all was tried.
 * @param hits of `tried`
 * @param all from how many they were drawn
 * @returns its ends, between 0 and 1; both are the part itself where all were tried
 */
export function intervalOf(hits: number, tried: number, all: number): [number, number] {
  if (tried === 0) return [0, 1]
  const part = hits / tried
  const z = 1.96 * Math.sqrt(all > 1 ? Math.max(0, all - tried) / (all - 1) : 0)
  const middle = (part + z ** 2 / (2 * tried)) / (1 + z ** 2 / tried)
  const half = (z / (1 + z ** 2 / tried)) * Math.sqrt((part * (1 - part)) / tried + z ** 2 / (4 * tried ** 2))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}
