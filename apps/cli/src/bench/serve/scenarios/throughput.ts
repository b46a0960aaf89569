import { type AdapterKind, allLinear16, queryValue8 } from '../material/AdapterKind.ts'
import { LoopDelay } from '../measure/LoopDelay.ts'
import { median } from '../measure/quantile.ts'
import type { Check, Figure } from '../report/ScenarioResult.ts'
import { alternate, ratios, type Variant } from './alternate.ts'
import type { BenchContext, Scenario } from './BenchContext.ts'
import { equalRequests } from './equalRequests.ts'
import { latencyFigures } from './latencyFigures.ts'

const promises: readonly [AdapterKind, number][] = [
  [queryValue8, 0.9],
  [allLinear16, 0.75],
]

/** As many distinct adapters as clients, against one adapter for all and against the bare base. */
export const throughput: Scenario = {
  name: 'throughput',
  about: 'every client another adapter, one adapter for all, the bare base',
  async run(context) {
    const { clients, rounds, promptTokens, answerTokens } = context.settings
    const parts: { figures: Figure[]; checks: Check[] }[] = []
    for (const [kind, promise] of promises) parts.push(await measureKind(context, kind, promise))
    return {
      scenario: throughput.name,
      about: throughput.about,
      workload: { clients, rounds, 'prompt tokens': promptTokens, 'answer tokens': answerTokens, kinds: promises.map(([kind]) => kind.name).join(', ') },
      figures: parts.flatMap((part) => part.figures),
      checks: parts.flatMap((part) => part.checks),
      remarks: ['Answer tokens a second over the whole run, reading the prompts included; ratios are medians of each round’s ratio.'],
    }
  },
}

async function measureKind(context: BenchContext, kind: AdapterKind, promise: number): Promise<{ figures: Figure[]; checks: Check[] }> {
  const { settings, note } = context
  const { clients } = settings
  note(`throughput, ${kind.name}: making and registering ${clients} adapters`)
  const target = await context.open({ adapterBytes: 2 ** 31 }, { kind, count: clients })
  try {
    const variant = (name: string, adapterOf: (index: number) => number | null): Variant => ({
      name: `${kind.name}, ${name}`,
      target,
      clients,
      requests: (round) => equalRequests(settings, Array.from({ length: clients }, (_, index) => adapterOf(index)), round),
    })
    const delay = new LoopDelay().start()
    const [base, identical, distinct] = await alternate(context, [variant('base only', () => null), variant('one adapter', () => 0), variant(`${clients} adapters`, (index) => index)])
    const { p99 } = delay.stop()
    const kept = ratios(distinct!, base!)
    const alike = ratios(identical!, base!)
    return {
      figures: [
        ...[base!, identical!, distinct!].map(({ name, rates }): Figure => ({ name, unit: 'tokens/s', values: rates })),
        { name: `${kind.name}, ${clients} adapters ÷ base`, unit: '', values: kept },
        { name: `${kind.name}, one adapter ÷ base`, unit: '', values: alike },
        ...latencyFigures(distinct!.name, distinct!.traces),
        { name: `${kind.name}, event loop delay p99`, unit: 'ms', values: [p99] },
      ],
      checks: [
        { name: `${kind.name}: ${clients} adapters ÷ base`, value: median(kept), unit: '', atLeast: promise },
        { name: `${kind.name}: event loop delay p99`, value: p99, unit: 'ms', atMost: 20 },
      ],
    }
  } finally {
    await target.close()
  }
}
