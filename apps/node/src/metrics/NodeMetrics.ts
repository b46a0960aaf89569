import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Labels stay few: beyond this many models, the rest are counted as "other". */
const maxModels = 100

/** What Prometheus reads. Each node has a registry of its own. */
export class NodeMetrics {
  readonly registry = new Registry()
  readonly #models = new Set<string>()
  readonly #answers = new Counter({ name: 'openledger_answers_total', help: 'Answers with a receipt', labelNames: ['model'], registers: [this.registry] })
  readonly #tokens = new Counter({ name: 'openledger_tokens_total', help: 'Tokens in and out', labelNames: ['model', 'direction'], registers: [this.registry] })
  readonly #generate = new Histogram({ name: 'openledger_generate_seconds', help: 'From request to last token', labelNames: ['model'], buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60], registers: [this.registry] })
  readonly #attribute = new Histogram({ name: 'openledger_attribute_seconds', help: 'Attribution and receipt', labelNames: ['model'], buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5], registers: [this.registry] })
  readonly #requests = new Counter({ name: 'openledger_http_requests_total', help: 'HTTP requests', labelNames: ['method', 'route', 'status'], registers: [this.registry] })
  readonly #failures = new Counter({ name: 'openledger_failures_total', help: 'Failures in the background', labelNames: ['stage'], registers: [this.registry] })

  constructor(options: { processMetrics: boolean }) {
    if (options.processMetrics) collectDefaultMetrics({ register: this.registry })
  }

  answered(model: string, figures: { inputTokens: number; outputTokens: number; generateMs: number; attributeMs: number }): void {
    const label = this.#label(model)
    this.#answers.inc({ model: label })
    this.#tokens.inc({ model: label, direction: 'in' }, figures.inputTokens)
    this.#tokens.inc({ model: label, direction: 'out' }, figures.outputTokens)
    this.#generate.observe({ model: label }, figures.generateMs / 1000)
    this.#attribute.observe({ model: label }, figures.attributeMs / 1000)
  }

  /** @param route the pattern, never the path: a label for each id would have no bound */
  requested(method: string, route: string, status: number): void {
    this.#requests.inc({ method, route, status: `${Math.floor(status / 100)}xx` })
  }

  failed(stage: 'settlement' | 'training' | 'indexer'): void {
    this.#failures.inc({ stage })
  }

  /** Shows a figure that is read when Prometheus asks. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name: `openledger_${name}`,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read())
      },
    })
  }

  #label(model: string): string {
    if (this.#models.size < maxModels) this.#models.add(model)
    return this.#models.has(model) ? model : 'other'
  }
}
