import type { Coalition } from '@openledger/engine'
import { RandomStream } from '../../serve/workload/RandomStream.ts'

/** Different coalitions, each without the same number of randomly chosen contributors. @param without share of contributors left out */
export function randomCoalitions(contributors: number, count: number, without: number, seed: number): Coalition[] {
  const left = Math.max(2, Math.round(contributors * without))
  const random = new RandomStream(seed, 77)
  const found = new Map<string, Coalition>()
  for (let tries = 0; found.size < count && tries < 100 * count; tries++) {
    const out = new Set(random.shuffle(Array.from({ length: contributors }, (_, a) => a)).slice(0, left))
    const weights = Array.from({ length: contributors }, (_, a) => (out.has(a) ? 0 : 1))
    found.set(weights.join(), { weights })
  }
  return [...found.values()]
}

/** The contributors that a coalition leaves out. */
export function leftOut({ weights }: Coalition): number[] {
  return weights.flatMap((weight, a) => (weight === 0 ? [a] : []))
}
