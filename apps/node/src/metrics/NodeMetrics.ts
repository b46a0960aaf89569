import type { ServingEngine } from '@openledger/engine'
import { OpenLedgerError, type Hex } from '@openledger/protocol'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { EngineMetrics } from './EngineMetrics.ts'
import { ModelLabels } from './ModelLabels.ts'

/** Watches one generation: called for each token, and once at its end with the error if it failed. */
export type GenerationWatch = { token(): void; end(error?: unknown): void }

const outcomes: Readonly<Record<string, string>> = { OVERLOADED: 'refused', CANCELLED: 'cancelled', DEADLINE_EXCEEDED: 'deadline' }

/** What Prometheus reads. Each node has a registry of its own. */
export class NodeMetrics {
  readonly registry = new Registry()
  readonly #labels = new ModelLabels()
  readonly #now: () => number
  readonly #answers = new Counter({ name: 'openledger_answers_total', help: 'Answers with a receipt', labelNames: ['model'], registers: [this.registry] })
  readonly #tokens = new Counter({ name: 'openledger_tokens_total', help: 'Tokens in and out', labelNames: ['model', 'direction'], registers: [this.registry] })
  readonly #generations = new Counter({ name: 'openledger_generations_total', help: 'Generations by how they ended', labelNames: ['model', 'outcome'], registers: [this.registry] })
  readonly #firstToken = new Histogram({ name: 'openledger_first_token_seconds', help: 'From request to first token', labelNames: ['model'], buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30], registers: [this.registry] })
  readonly #tokenGap = new Histogram({ name: 'openledger_token_gap_seconds', help: 'Mean time between the tokens of an answer', labelNames: ['model'], buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1], registers: [this.registry] })
  readonly #generate = new Histogram({ name: 'openledger_generate_seconds', help: 'From request to last token', labelNames: ['model'], buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60], registers: [this.registry] })
  readonly #receipt = new Histogram({ name: 'openledger_receipt_seconds', help: 'From the last token to the receipt', labelNames: ['model'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5], registers: [this.registry] })
  readonly #readout = new Histogram({ name: 'openledger_attribution_seconds', help: 'Measuring one answer, recording it included', buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60], registers: [this.registry] })
  readonly #attributions = new Counter({ name: 'openledger_attributions_total', help: 'Attributions by how they ended; failed: not there by the deadline', labelNames: ['outcome'], registers: [this.registry] })
  readonly #requests = new Counter({ name: 'openledger_http_requests_total', help: 'HTTP requests', labelNames: ['method', 'route', 'status'], registers: [this.registry] })
  readonly #estateClaims = new Counter({ name: 'openledger_estate_claims_total', help: 'Claims to estates that this node answered; failed: tried, and tried again while there is time', labelNames: ['outcome'], registers: [this.registry] })
  readonly #failures = new Counter({ name: 'openledger_failures_total', help: 'Failures in the background', labelNames: ['stage'], registers: [this.registry] })

  /** @param options.now milliseconds, for times between tokens; default the process's clock */
  constructor(options: { processMetrics: boolean; now?: () => number }) {
    this.#now = options.now ?? (() => performance.now())
    if (options.processMetrics) collectDefaultMetrics({ register: this.registry })
  }

  answered(model: string, figures: { inputTokens: number; outputTokens: number; generateMs: number; receiptMs: number }): void {
    const label = this.#labels.of(model)
    this.#answers.inc({ model: label })
    this.#tokens.inc({ model: label, direction: 'in' }, figures.inputTokens)
    this.#tokens.inc({ model: label, direction: 'out' }, figures.outputTokens)
    this.#generate.observe({ model: label }, figures.generateMs / 1000)
    this.#receipt.observe({ model: label }, figures.receiptMs / 1000)
  }

  attributed(outcome: 'complete' | 'retried' | 'failed', ms: number): void {
    this.#attributions.inc({ outcome })
    if (outcome === 'complete') this.#readout.observe(ms / 1000)
  }

  /** Watches a generation that begins now. */
  generation({ name, adapterId }: { name: string; adapterId: Hex | null }): GenerationWatch {
    const model = this.#labels.of(name)
    if (adapterId !== null) this.#labels.note(adapterId, name)
    const started = this.#now()
    let [first, last, tokens] = [0, 0, 0]
    return {
      token: () => {
        last = this.#now()
        if (++tokens > 1) return
        first = last
        this.#firstToken.observe({ model }, (first - started) / 1000)
      },
      end: (error) => {
        const outcome = error === undefined ? 'finished' : error instanceof OpenLedgerError ? (outcomes[error.code] ?? 'failed') : 'failed'
        this.#generations.inc({ model, outcome })
        if (tokens > 1) this.#tokenGap.observe({ model }, (last - first) / (tokens - 1) / 1000)
      },
    }
  }

  /** Shows what an engine counts. */
  engine(engine: Pick<ServingEngine, 'load' | 'adapterStats'>): void {
    new EngineMetrics(engine, this.registry, this.#labels)
  }

  /** @param route the pattern, never the path: a label for each id would have no bound */
  requested(method: string, route: string, status: number): void {
    this.#requests.inc({ method, route, status: `${Math.floor(status / 100)}xx` })
  }

  estateClaim(outcome: 'refuted' | 'attributed' | 'failed'): void {
    this.#estateClaims.inc({ outcome })
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
}
