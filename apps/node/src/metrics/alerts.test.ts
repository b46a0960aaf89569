import { readFileSync } from 'node:fs'
import { parser } from '@prometheus-io/lezer-promql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startBaseNode, type BaseNode } from '../test/startBaseNode.ts'

type Rule = { alert: string; expr: string; for?: string; labels: { severity: string }; annotations: { summary: string; description: string } }
type Exported = ReadonlyMap<string, ReadonlySet<string>>

const { groups } = parse(readFileSync(new URL('../../../../docs/prometheus/openledger-alerts.yml', import.meta.url), 'utf8')) as { groups: { name: string; rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)
/** What Prometheus itself adds. */
const given: Exported = new Map([['up', new Set(['job', 'instance'])]])

/** Everything wrong with an expression: what is no PromQL, metrics that no node exports, labels that they do not have. */
function faultsOf(expr: string, exported: Exported): string[] {
  const faults: string[] = []
  let labels = new Set<string>()
  parser.parse(expr).iterate({
    enter({ name, from, to, node }) {
      const text = expr.slice(from, to)
      if (node.type.isError) faults.push(`"${expr.slice(Math.max(0, from - 20), to + 20)}" is not PromQL`)
      if (name === 'VectorSelector') {
        const metric = expr.slice(from, to).split(/[{[]/)[0]!.trim()
        const known = exported.get(metric.replace(/_(bucket|sum|count)$/, '')) ?? exported.get(metric) ?? given.get(metric)
        if (!known) faults.push(`no node exports ${metric}`)
        labels = new Set([...(known ?? []), 'instance', 'job', ...(metric.endsWith('_bucket') ? ['le'] : [])])
      }
      if (name === 'LabelName' && node.parent?.name !== 'GroupingLabels' && !labels.has(text)) faults.push(`the metric has no label ${text}`)
    },
  })
  return faults
}

describe('the alerting rules for Prometheus', () => {
  let base: BaseNode
  let exported: Exported

  beforeAll(async () => {
    base = await startBaseNode({ processMetrics: true })
    const text = await (await fetch(`${base.node.url}/metrics`)).text()
    exported = new Map([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => [name!, new Set([...text.matchAll(new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{([^}]*)\\}`, 'gm'))].flatMap(([, list]) => [...list!.matchAll(/(\w+)="/g)].map(([, label]) => label!)))]))
    // What nothing was counted for yet has no line that shows its labels.
    for (const [name, labels] of [['openledger_failures_total', ['stage']], ['openledger_estate_claims_total', ['outcome']], ['openledger_attributions_total', ['outcome']], ['openledger_generations_total', ['model', 'outcome']], ['openledger_first_token_seconds', ['model']], ['openledger_answers_total', ['model']]] as const) {
      if (exported.has(name)) (exported as Map<string, Set<string>>).set(name, new Set(labels))
    }
  }, 180_000)
  afterAll(() => base?.stop())

  it('ask for metrics and labels that a node exports, in PromQL', () => {
    expect(rules.length).toBeGreaterThan(10)
    for (const { alert, expr } of rules) expect(faultsOf(expr, exported), alert).toEqual([])
  })

  it('would be found wrong with another name, another label, or a slip of the pen', () => {
    expect(faultsOf('openledger_chain_reachble == 0', exported)).toEqual(['no node exports openledger_chain_reachble'])
    expect(faultsOf('openledger_failures_total{stge="x"} > 0', exported)).toEqual(['the metric has no label stge'])
    expect(faultsOf('sum by (instance) (rate(openledger_answers_total[5m])', exported)).not.toEqual([])
  })

  it('say what happened and what to do, once each', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
    for (const { alert, labels, annotations } of rules) {
      expect(labels.severity, alert).toMatch(/^(page|ticket)$/)
      expect(annotations.summary, alert).toContain('{{ $labels.instance }}')
      expect(annotations.description.length, alert).toBeGreaterThan(20)
    }
  })
})
