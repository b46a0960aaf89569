import { RandomStream } from './RandomStream.ts'

/** Punica's four popularities (Chen et al. 2023, arXiv 2310.18547, section 7). */
export const punicaMixes = ['distinct', 'uniform', 'skewed', 'identical'] as const
export type PunicaMix = (typeof punicaMixes)[number]

/** In the skewed mix, an adapter gets this many times the requests of the next popular one. */
const skew = 1.5

/** How many of `requests` each adapter gets, the most popular first. */
export function punicaCounts(mix: PunicaMix, requests: number): number[] {
  switch (mix) {
    case 'distinct':
      return Array.from({ length: requests }, () => 1)
    case 'identical':
      return requests > 0 ? [requests] : []
    case 'uniform': {
      const adapters = Math.ceil(Math.sqrt(requests))
      return Array.from({ length: adapters }, (_, i) => Math.floor(requests / adapters) + (i < requests % adapters ? 1 : 0))
    }
    case 'skewed': {
      const counts: number[] = []
      let rest = requests
      for (let share = 1; rest > 0; share *= skew) {
        const count = Math.floor(share)
        // What does not make a whole further step goes to the most popular.
        if (rest < count + Math.floor(share * skew)) {
          counts.push(rest)
          rest = 0
        } else {
          counts.push(count)
          rest -= count
        }
      }
      return counts.sort((a, b) => b - a)
    }
  }
}

/** The adapter of each request, in random order: adapter 0 is the most popular. */
export function punicaMix(mix: PunicaMix, requests: number, seed: number): number[] {
  const adapters = punicaCounts(mix, requests).flatMap((count, adapter) => Array.from({ length: count }, () => adapter))
  return new RandomStream(seed, 7).shuffle(adapters)
}
