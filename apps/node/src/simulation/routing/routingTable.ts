import { simulateRouting, type RoutingOutcome, type RoutingSimulation } from './simulateRouting.ts'

/** A 60 MB adapter over 1 Gbit/s takes half a second. */
const model = { slots: 8, firstTokenMs: 60, tokenMs: 20, loadMs: 500 }
const common = { adapters: 64, tokens: 64, seed: 1 }

const cases: { name: string; places: number; popularity: number; rate: number }[] = [8, 16].flatMap((places) =>
  [0, 1].flatMap((popularity) => [20, 30].map((rate) => ({ name: `${places} adapters a node, ${popularity === 0 ? 'all asked for alike' : 'asked for as 1 / rank'}, ${rate} orders/s`, places, popularity, rate }))),
)

const simulationOf = ({ places, popularity, rate }: (typeof cases)[number], choice: RoutingSimulation['choice'], seconds: number): RoutingOutcome =>
  simulateRouting({ ...common, nodes: Array.from({ length: 4 }, () => ({ ...model, places })), popularity, rate, seconds, choice })

/** What four nodes with these slots can finish in a second at most, their adapters being there. */
const capacity = (4 * 1000 * model.slots) / (model.firstTokenMs + model.tokenMs * (common.tokens - 1))

/** Plays the loads on both choices and writes a table in Markdown. @param seconds of simulated load for each */
export function routingTable(seconds: number): string {
  const rows = cases.map((given) => {
    const [aware, random] = [simulationOf(given, 'router', seconds), simulationOf(given, 'random', seconds)]
    const ratio = (of: (outcome: RoutingOutcome) => number): string => (of(aware) / of(random)).toFixed(2)
    const refused = ({ refused: part }: RoutingOutcome): string => `${(100 * part).toFixed(0)} %`
    const bound = (Math.min(capacity, given.rate) / random.finishedPerSecond).toFixed(2)
    return `| ${given.name} | ${aware.finishedPerSecond.toFixed(1)} / ${random.finishedPerSecond.toFixed(1)} | ${ratio((o) => o.finishedPerSecond)} | ${bound} | ${aware.firstTokenMs.p99.toFixed(0)} / ${random.firstTokenMs.p99.toFixed(0)} | ${ratio((o) => o.firstTokenMs.p99)} | ${aware.loads.toFixed(2)} / ${random.loads.toFixed(2)} | ${refused(aware)} / ${refused(random)} |`
  })
  return ['| 4 nodes × 8 slots, 64 adapters | answers/s | ÷ | ÷ at most | p99 first token, ms | ÷ | loads an answer | refused |', '| --- | --- | --- | --- | --- | --- | --- | --- |', ...rows].join('\n')
}

/** Each node's part of an hour's orders over its fair part by score, for equal nodes and for unequal ones. */
export function fairnessLines(seconds: number): string {
  const line = (name: string, slower: readonly number[]): string => {
    const nodes = slower.map((factor) => ({ ...model, places: 16, firstTokenMs: factor * model.firstTokenMs, tokenMs: factor * model.tokenMs }))
    return `${name}: ${simulateRouting({ ...common, nodes, popularity: 0, rate: 12, seconds, choice: 'router' }).shares.map((share) => share.toFixed(2)).join(', ')}`
  }
  return [line('equal nodes', [1, 1, 1, 1]), line('nodes that take 1, 1.25, 0.8 and 1.6 times as long', [1, 1.25, 0.8, 1.6])].join('\n')
}
