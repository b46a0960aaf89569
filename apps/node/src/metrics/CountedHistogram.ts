import type { HistogramCounts } from '@openledger/engine'
import { Gauge, Histogram, type MetricObjectWithValues, type MetricValueWithName, type Registry } from 'prom-client'

/**
 * A histogram that something else counts, in milliseconds; Prometheus reads it in seconds. It is registered as a gauge, whose values the
 * registry takes as they are, and describes itself as a histogram.
 */
export class CountedHistogram extends Gauge {
  readonly #name: string
  readonly #shape: Histogram
  readonly #read: () => Promise<HistogramCounts | undefined>

  /** @param read what was counted until now; nothing where there is nobody to count */
  constructor(options: { name: string; help: string; registry: Registry }, read: () => Promise<HistogramCounts | undefined>) {
    super({ name: options.name, help: options.help, registers: [options.registry] })
    this.#name = options.name
    this.#shape = new Histogram({ name: options.name, help: options.help, registers: [] })
    this.#read = read
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const shape = await this.#shape.get()
    const counted = await this.#read()
    if (!counted) return { ...shape, values: [] }
    const { bounds, counts, sum, count } = counted
    const value = (suffix: string, amount: number, labels: Record<string, string | number> = {}): MetricValueWithName<string> => ({ metricName: `${this.#name}_${suffix}`, value: amount, labels })
    const buckets = bounds.map((bound, index) => value('bucket', counts[index]!, { le: bound / 1000 }))
    return { ...shape, values: [...buckets, value('bucket', count, { le: '+Inf' }), value('sum', sum / 1000), value('count', count)] }
  }
}
