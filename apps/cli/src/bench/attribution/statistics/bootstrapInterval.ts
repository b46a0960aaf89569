import { quantile } from '../../serve/measure/quantile.ts'
import { RandomStream } from '../../serve/workload/RandomStream.ts'

export type Interval = { low: number; high: number }

/**
 * The middle 95 % of a figure over resamples with replacement of queries and of retrainings, both at once (Efron 1979).
 * @param figure computes the figure from indices into queries and retrainings, which can repeat
 */
export function bootstrapInterval(queries: number, retrainings: number, figure: (queries: Int32Array, retrainings: Int32Array) => number, rounds = 400, seed = 1): Interval {
  const random = new RandomStream(seed)
  const draw = (count: number): Int32Array => Int32Array.from({ length: count }, () => random.integer(0, count))
  const values = Array.from({ length: rounds }, () => figure(draw(queries), draw(retrainings)))
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) }
}
