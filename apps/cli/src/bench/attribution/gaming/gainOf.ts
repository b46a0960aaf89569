import { RandomStream } from '../../serve/workload/RandomStream.ts'

/** The attacker's pay for one question, honestly and with the attack, in one seed's world. */
export type PaidPair = { seed: number; honest: number; attack: number }

/** How much an attack multiplies the attacker's total pay, with a 95 % interval. */
export type Gain = { gain: number; low: number; high: number; pairs: number }

const draws = 2000

/**
 * Total pay with the attack over total pay without it. The interval draws worlds, and questions within each drawn world, with replacement (two-stage
 * bootstrap, percentiles 2.5 and 97.5); the same question stands in both sums.
 */
export function gainOf(pairs: readonly PaidPair[], seed = 1): Gain {
  const worlds = [...new Set(pairs.map((pair) => pair.seed))].map((world) => pairs.filter((pair) => pair.seed === world))
  const random = new RandomStream(seed, 7)
  const ratio = (list: readonly PaidPair[]): number => list.reduce((sum, { attack }) => sum + attack, 0) / list.reduce((sum, { honest }) => sum + honest, 0)
  const drawn = Array.from({ length: draws }, () => {
    const sample: PaidPair[] = []
    for (let w = 0; w < worlds.length; w++) {
      const world = worlds[random.integer(0, worlds.length)]!
      for (let q = 0; q < world.length; q++) sample.push(world[random.integer(0, world.length)]!)
    }
    return ratio(sample)
  }).sort((a, b) => a - b)
  return { gain: ratio(pairs), low: drawn[Math.floor(draws * 0.025)]!, high: drawn[Math.ceil(draws * 0.975) - 1]!, pairs: pairs.length }
}
