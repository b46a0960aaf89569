import type { FactorType } from '@openledger/engine'
import { type AdapterKind, allLinear16, queryValue8 } from '../material/AdapterKind.ts'
import { LoopDelay } from '../measure/LoopDelay.ts'
import { median } from '../measure/quantile.ts'
import type { Check, Figure } from '../report/ScenarioResult.ts'
import { alternate, ratios, type Variant } from './alternate.ts'
import type { BenchContext, Scenario } from './BenchContext.ts'
import { equalRequests } from './equalRequests.ts'
import { latencyFigures } from './latencyFigures.ts'

type Promised = { kind: AdapterKind; name: string; adapterType: FactorType; atLeast: number }

const promises: readonly Promised[] = [
  { kind: queryValue8, name: queryValue8.name, adapterType: 'F32', atLeast: 0.9 },
  { kind: allLinear16, name: allLinear16.name, adapterType: 'F32', atLeast: 0.75 },
  { kind: allLinear16, name: `${allLinear16.name}, first factors F16`, adapterType: 'F16', atLeast: 0.75 },
]

/** As many distinct adapters as clients, against one adapter for all and against the bare base. */
export const throughput: Scenario = {
  name: 'throughput',
  about: 'every client another adapter, one adapter for all, the bare base',
  async run(context) {
    const { clients, rounds, promptTokens, answerTokens } = context.settings
    const parts: { figures: Figure[]; checks: Check[] }[] = []
    for (const promised of promises) parts.push(await measureKind(context, promised))
    return {
      scenario: throughput.name,
      about: throughput.about,
      workload: { clients, rounds, 'prompt tokens': promptTokens, 'answer tokens': answerTokens, kinds: promises.map(({ name }) => name).join('; ') },
      figures: parts.flatMap((part) => part.figures),
      checks: parts.flatMap((part) => part.checks),
      remarks: ['Answer tokens a second over the whole run, reading the prompts included; ratios are medians of each round’s ratio.'],
    }
  },
}

async function measureKind(context: BenchContext, { kind, name: kindName, adapterType, atLeast }: Promised): Promise<{ figures: Figure[]; checks: Check[] }> {
  const { settings, note } = context
  const { clients } = settings
  note(`throughput, ${kindName}: making and registering ${clients} adapters`)
  const target = await context.open({ adapterBytes: 2 ** 31, adapterType }, { kind, count: clients })
  try {
    const variant = (name: string, adapterOf: (index: number) => number | null): Variant => ({
      name: `${kindName}, ${name}`,
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
        { name: `${kindName}, ${clients} adapters ÷ base`, unit: '', values: kept },
        { name: `${kindName}, one adapter ÷ base`, unit: '', values: alike },
        ...latencyFigures(distinct!.name, distinct!.traces),
        { name: `${kindName}, event loop delay p99`, unit: 'ms', values: [p99] },
      ],
      checks: [
        { name: `${kindName}: ${clients} adapters ÷ base`, value: median(kept), unit: '', atLeast },
        { name: `${kindName}: event loop delay p99`, value: p99, unit: 'ms', atMost: 20 },
      ],
    }
  } finally {
    await target.close()
  }
}
