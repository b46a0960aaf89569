import type { AdapterStats, EngineLoad, HistogramCounts, ServingEngine } from '@openledger/engine'
import { Counter, Gauge, type Registry } from 'prom-client'
import { CountedHistogram } from './CountedHistogram.ts'
import type { ModelLabels } from './ModelLabels.ts'

type Values = [labels: Record<string, string>, value: number][]
type Reading = { load: EngineLoad; adapters: AdapterStats | null }

/** What the engine counts, read when Prometheus asks: its queue, its steps, its adapter tiers, and each model's adapter. */
export class EngineMetrics {
  readonly #engine: Pick<ServingEngine, 'load' | 'adapterStats'>
  readonly #registry: Registry
  readonly #labels: ModelLabels
  #reading: Promise<Reading | null> | null = null

  constructor(engine: Pick<ServingEngine, 'load' | 'adapterStats'>, registry: Registry, labels: ModelLabels) {
    this.#engine = engine
    this.#registry = registry
    this.#labels = labels
    this.#queue()
    this.#steps()
    this.#tiers()
    this.#models()
  }

  #queue(): void {
    this.#gauge('engine_active', 'Sequences in progress', [], ({ load }) => [[{}, load.active]])
    this.#gauge('engine_waiting', 'Requests waiting for a slot or an adapter', ['priority'], ({ load }) => entries('priority', load.detail?.waitingByPriority))
    this.#gauge('engine_oldest_wait_seconds', 'How long the request that waits longest has waited', [], ({ load }) => (load.detail ? [[{}, load.detail.oldestWaitMs / 1000]] : []))
    this.#counter('engine_requests_total', 'Requests by how they ended', ['outcome'], ({ load: { detail } }) =>
      detail ? entries('outcome', { finished: detail.finished, refused: detail.refused, cancelled: detail.cancelled, deadline: detail.deadlineExceeded, failed: detail.failed }) : [],
    )
    this.#counter('engine_bounded_total', 'Admitted requests with a bound on their first token', ['bound'], ({ load }) => entries('bound', load.detail?.bounded))
    this.#histogram('engine_first_token_seconds', 'From arrival at the engine to the first token, the wait in the queue included', (load) => load.detail?.firstTokenMs)
    this.#histogram('engine_token_gap_seconds', 'Between two tokens of an answer', (load) => load.detail?.interTokenMs)
  }

  #steps(): void {
    this.#counter('engine_steps_total', 'Steps computed', ['path'], ({ load }) => (load.paths ? entries('path', load.paths) : [[{ path: 'any' }, load.steps]]))
    this.#counter('engine_rows_total', 'Rows computed: divided by steps, the rows of a batch', ['kind'], ({ load }) => entries('kind', load.detail?.rows))
    this.#counter('engine_tokens_total', 'Tokens read and written by the engine', ['direction'], ({ load: { detail } }) => (detail ? entries('direction', { in: detail.promptTokens, out: detail.generatedTokens }) : []))
    this.#counter('engine_pauses_total', 'Answers that gave up their slot for a while, for a payer further behind in its share', [], ({ load: { detail } }) => (detail ? [[{}, detail.pauses]] : []))
    this.#counter('engine_prefix_hits_total', 'Sequences that found their beginning computed already', [], ({ load: { detail } }) => (detail ? [[{}, detail.prefix.hits]] : []))
    this.#counter('engine_prefix_tokens_total', 'Prompt tokens that were not computed because of it', [], ({ load: { detail } }) => (detail ? [[{}, detail.prefix.tokens]] : []))
  }

  #tiers(): void {
    const tiers = (of: (tier: AdapterStats['host']) => number) => ({ adapters }: Reading): Values => (adapters ? entries('tier', { host: of(adapters.host), window: of(adapters.window) }) : [])
    this.#gauge('adapters_registered', 'Adapters that can be asked for', [], ({ load }) => [[{}, load.adapters]])
    this.#gauge('adapters_pinned', 'Adapters that stay in the window', [], ({ adapters }) => (adapters ? [[{}, adapters.window.pinned]] : []))
    this.#gauge('adapter_tier_adapters', 'Adapters in a tier', ['tier'], tiers((tier) => tier.adapters))
    this.#gauge('adapter_tier_bytes', 'Bytes of the adapters in a tier', ['tier'], tiers((tier) => tier.bytes))
    this.#gauge('adapter_tier_max_bytes', 'Bytes that a tier may take', ['tier'], tiers((tier) => tier.maxBytes))
    this.#counter('adapter_loads_total', 'Adapters that moved up, by where they came from', ['from'], ({ adapters }) => entries('from', adapters?.loads))
    this.#gauge('adapter_load_seconds', 'Time of the latest loads', ['from', 'quantile'], ({ adapters }) => (adapters ? [...loadTimes('disk', adapters.loadMs.disk), ...loadTimes('host', adapters.loadMs.host)] : []))
    this.#counter('adapter_evictions_total', 'Adapters that made room', ['tier'], ({ adapters }) => entries('tier', adapters?.evictions))
    this.#counter('adapter_failures_total', 'Adapters that could not be loaded', [], ({ adapters }) => (adapters ? [[{}, adapters.failures]] : []))
  }

  #models(): void {
    for (const [what, help] of [
      ['uses', 'Requests that were given the model’s adapter'],
      ['hits', 'Requests that found it in the window'],
      ['misses', 'Requests that had to wait for it'],
      ['loads', 'Times it was loaded into the window'],
    ] as const) {
      this.#counter(`model_adapter_${what}_total`, help, ['model'], ({ adapters }) => {
        if (!adapters) return []
        const sums = new Map([['other', adapters.usage.other[what]]])
        for (const usage of adapters.usage.adapters) {
          const label = this.#labels.ofAdapter(usage.id)
          sums.set(label, (sums.get(label) ?? 0) + usage[what])
        }
        return [...sums].map(([model, value]) => [{ model }, value])
      })
    }
  }

  /** One reading for all metrics of a scrape; null when the engine does not answer. */
  #read(): Promise<Reading | null> {
    this.#reading ??= Promise.all([this.#engine.load(), this.#engine.adapterStats?.() ?? null])
      .then(
        ([load, adapters]) => ({ load, adapters }),
        () => null,
      )
      .finally(() => (this.#reading = null))
    return this.#reading
  }

  async #values(of: (reading: Reading) => Values): Promise<Values> {
    const reading = await this.#read()
    return reading ? of(reading) : []
  }

  #gauge(name: string, help: string, labelNames: string[], of: (reading: Reading) => Values): void {
    const values = (): Promise<Values> => this.#values(of)
    new Gauge({
      ...{ name: `openledger_${name}`, help, labelNames, registers: [this.#registry] },
      async collect() {
        const read = await values()
        this.reset()
        for (const [labels, value] of read) this.set(labels, value)
        if (read.length === 0 && labelNames.length === 0) this.remove()
      },
    })
  }

  #counter(name: string, help: string, labelNames: string[], of: (reading: Reading) => Values): void {
    const values = (): Promise<Values> => this.#values(of)
    new Counter({
      ...{ name: `openledger_${name}`, help, labelNames, registers: [this.#registry] },
      async collect() {
        const read = await values()
        this.reset()
        for (const [labels, value] of read) this.inc(labels, value)
        // An engine that is away has counted nothing: no value is better than a fall to 0.
        if (read.length === 0 && labelNames.length === 0) this.remove()
      },
    })
  }

  #histogram(name: string, help: string, of: (load: EngineLoad) => HistogramCounts | undefined): void {
    new CountedHistogram({ name: `openledger_${name}`, help, registry: this.#registry }, async () => {
      const reading = await this.#read()
      return reading ? of(reading.load) : undefined
    })
  }
}

function entries(label: string, counts: Readonly<Record<string, number>> | undefined): Values {
  return Object.entries(counts ?? {}).map(([name, value]) => [{ [label]: name }, value])
}

function loadTimes(from: string, ms: readonly number[]): Values {
  const sorted = [...ms].sort((a, b) => a - b)
  if (sorted.length === 0) return []
  return [0.5, 0.99].map((quantile) => [{ from, quantile: String(quantile) }, sorted[Math.ceil(quantile * sorted.length) - 1]! / 1000])
}
