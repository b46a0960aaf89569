import { readFileSync } from 'node:fs'
import type { AdapterStats, EngineLoad, ServingDetail } from '@openledger/engine'
import { OpenLedgerError, type Hex } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { NodeMetrics } from './NodeMetrics.ts'

const id = (digit: string): Hex => `0x${digit.repeat(64)}`
const usage = { uses: 5, hits: 3, misses: 2, loads: 1, failures: 0 }
const detail: ServingDetail = {
  waitingByPriority: { high: 1, normal: 2, low: 0 },
  oldestWaitMs: 1500,
  rows: { prompt: 40, decode: 60 },
  promptTokens: 50,
  generatedTokens: 60,
  pauses: 3, prefix: { hits: 2, tokens: 10 },
  finished: 7,
  refused: 1,
  cancelled: 2,
  deadlineExceeded: 3,
  failed: 4,
  firstTokenMs: { bounds: [5, 10], counts: [1, 3], sum: 40, count: 4 },
  interTokenMs: { bounds: [1], counts: [0], sum: 9, count: 3 },
  bounded: { met: 8, missed: 1 },
  forecasts: { recent: [], ratio: 1 },
  payers: [{ payer: 'somebody', tokens: 3 }],
}
const load: EngineLoad = { active: 2, waiting: 3, steps: 30, paths: { base: 10, single: 15, mixed: 5 }, adapters: 3, adapterBytes: 100, detail }
const stats: AdapterStats = {
  registered: 3,
  host: { adapters: 2, bytes: 200, maxBytes: 1000 },
  window: { adapters: 1, bytes: 100, maxBytes: 500, pinned: 1 },
  loads: { disk: 4, host: 5 },
  hits: 6,
  misses: 7,
  evictions: { host: 1, window: 2 },
  loadMs: { disk: [30, 10, 20], host: [] },
  failures: 1,
  usage: { adapters: [{ id: id('a'), ...usage }, { id: id('b'), ...usage }], other: { ...usage, uses: 1 } },
}

/** A node's metrics with an engine of fixed figures. */
function fixed(): NodeMetrics {
  const metrics = new NodeMetrics({ processMetrics: false, now: () => 0 })
  metrics.engine({ load: () => Promise.resolve(load), adapterStats: () => Promise.resolve(stats) })
  metrics.gauge('attributions_waiting', 'as openReadouts exports it', () => 0)
  return metrics
}

/** The value of one line of the text format. */
const valueIn = (text: string, line: string): number => Number(text.split('\n').find((each) => each.startsWith(`${line} `))?.slice(line.length + 1))

describe('engine metrics', () => {
  it('tell the queue, steps, tiers and histograms of the engine, in seconds', async () => {
    const text = await fixed().registry.metrics()
    const expected: [string, number][] = [
      ['openledger_engine_active', 2],
      ['openledger_engine_waiting{priority="normal"}', 2],
      ['openledger_engine_oldest_wait_seconds', 1.5],
      ['openledger_engine_steps_total{path="single"}', 15],
      ['openledger_engine_rows_total{kind="decode"}', 60],
      ['openledger_engine_requests_total{outcome="deadline"}', 3],
      ['openledger_engine_prefix_tokens_total', 10],
      ['openledger_engine_first_token_seconds_bucket{le="0.01"}', 3],
      ['openledger_engine_first_token_seconds_bucket{le="+Inf"}', 4],
      ['openledger_engine_first_token_seconds_sum', 0.04],
      ['openledger_adapter_tier_bytes{tier="window"}', 100],
      ['openledger_adapter_loads_total{from="disk"}', 4],
      ['openledger_adapter_load_seconds{from="disk",quantile="0.5"}', 0.02],
      ['openledger_adapter_evictions_total{tier="host"}', 1],
    ]
    for (const [line, value] of expected) expect(valueIn(text, line), line).toBe(value)
    expect(text).not.toContain('somebody')
  })

  it('counts the same when it is read twice, and shows nothing for an engine that is away', async () => {
    const metrics = fixed()
    await metrics.registry.metrics()
    expect(valueIn(await metrics.registry.metrics(), 'openledger_engine_steps_total{path="mixed"}')).toBe(5)
    const away = new NodeMetrics({ processMetrics: false })
    away.engine({ load: () => Promise.reject(new Error('away')) })
    const text = await away.registry.metrics()
    expect(text.split('\n').filter((line) => /^openledger_(engine|adapter)/.test(line))).toEqual([])
  })

  it('asks the engine once per scrape', async () => {
    let asked = 0
    const metrics = new NodeMetrics({ processMetrics: false })
    metrics.engine({ load: () => (asked++, Promise.resolve(load)) })
    await metrics.registry.metrics()
    expect(asked).toBe(1)
  })
})

describe('metrics by model', () => {
  it('name a hundred models and call the rest other', async () => {
    const metrics = fixed()
    for (let i = 0; i < 130; i++) metrics.generation({ name: `m${i}`, adapterId: id('c') }).end()
    const text = await metrics.registry.metrics()
    expect(text.match(/^openledger_generations_total\{/gm)).toHaveLength(101)
    expect(valueIn(text, 'openledger_generations_total{model="other",outcome="finished"}')).toBe(30)
  })

  it('give adapters the name of their model, and never their id', async () => {
    const metrics = fixed()
    metrics.generation({ name: 'base:plants', adapterId: id('a') }).end()
    const text = await metrics.registry.metrics()
    expect(valueIn(text, 'openledger_model_adapter_uses_total{model="base:plants"}')).toBe(5)
    expect(valueIn(text, 'openledger_model_adapter_uses_total{model="other"}')).toBe(6)
    expect(text).not.toContain('0xaaaa')
  })

  it('time tokens and tell outcomes apart', async () => {
    let now = 0
    const metrics = new NodeMetrics({ processMetrics: false, now: () => now })
    const watch = metrics.generation({ name: 'm', adapterId: null })
    for (const at of [200, 230, 260]) {
      now = at
      watch.token()
    }
    watch.end()
    for (const code of ['OVERLOADED', 'CANCELLED', 'DEADLINE_EXCEEDED', 'STEP_FAILED']) metrics.generation({ name: 'm', adapterId: null }).end(new OpenLedgerError(code, 'no'))
    const text = await metrics.registry.metrics()
    expect(valueIn(text, 'openledger_first_token_seconds_sum{model="m"}')).toBe(0.2)
    expect(valueIn(text, 'openledger_token_gap_seconds_sum{model="m"}')).toBe(0.03)
    for (const outcome of ['finished', 'refused', 'cancelled', 'deadline', 'failed']) expect(valueIn(text, `openledger_generations_total{model="m",outcome="${outcome}"}`), outcome).toBe(1)
  })
})

type Panel = { id: number; type: string; title: string; gridPos: { x: number; y: number; w: number; h: number }; fieldConfig?: { defaults: { unit: string } }; datasource?: { uid: string }; targets?: { expr: string; datasource: { uid: string } }[] }
const dashboard = readFileSync(new URL('../../../../docs/grafana/openledger-serving.json', import.meta.url), 'utf8')
const { panels, schemaVersion, templating } = JSON.parse(dashboard) as { panels: Panel[]; schemaVersion: number; templating: { list: { name: string; type: string }[] } }
/** Metrics that are about something else than serving. */
const elsewhere = ['openledger_http_requests_total', 'openledger_failures_total', 'openledger_estate_claims_total']

/** The metric names in an expression, without the endings that Prometheus adds to histograms. */
const namesIn = (expr: string): string[] => [...expr.matchAll(/openledger_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))

describe('the Grafana dashboard', () => {
  it('uses metrics that the node exports, and every one about serving', async () => {
    const exported = (await fixed().registry.getMetricsAsJSON()).map((metric) => metric.name)
    const used = new Set(panels.flatMap((panel) => panel.targets ?? []).flatMap((target) => namesIn(target.expr)))
    expect(used.size).toBeGreaterThan(25)
    expect([...used].filter((name) => !exported.includes(name))).toEqual([])
    expect(exported.filter((name) => !used.has(name) && !elsewhere.includes(name))).toEqual([])
    expect(templating.list.flatMap((variable) => namesIn(JSON.stringify(variable))).filter((name) => !exported.includes(name))).toEqual([])
  })

  it('names only labels that its metrics have', async () => {
    const text = await fixed().registry.metrics()
    const labels = new Set(['instance', 'le', 'model', 'direction', 'outcome', ...[...text.matchAll(/[{,](\w+)="/g)].map(([, label]) => label!)])
    const named = panels.flatMap((panel) => panel.targets ?? []).flatMap(({ expr }) => [...expr.matchAll(/(?:by|ignoring) \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(', ')))
    expect(named.length).toBeGreaterThan(15)
    expect(named.filter((label) => !labels.has(label))).toEqual([])
  })

  it('is a dashboard that Grafana can import anywhere', () => {
    expect(schemaVersion).toBeGreaterThanOrEqual(36)
    expect(templating.list.find((variable) => variable.type === 'datasource')?.name).toBe('datasource')
    expect(dashboard).not.toMatch(/https?:\/\//)
    const shown = panels.filter((panel) => panel.type !== 'row')
    expect(shown.length).toBeGreaterThan(20)
    expect(new Set(panels.map((panel) => panel.id)).size).toBe(panels.length)
    for (const { title, fieldConfig, datasource, targets = [], gridPos } of shown) {
      expect(fieldConfig?.defaults.unit, title).toMatch(/^(short|s|bytes|reqps|percentunit)$/)
      expect([datasource?.uid, ...targets.map((target) => target.datasource.uid)], title).toEqual(Array(targets.length + 1).fill('${datasource}'))
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      for (const { expr } of targets) expect(expr.split('(').length, expr).toBe(expr.split(')').length)
    }
  })
})
