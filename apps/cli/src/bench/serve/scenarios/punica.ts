import { queryValue8 } from '../material/AdapterKind.ts'
import { median } from '../measure/quantile.ts'
import { punicaCounts, punicaMix, punicaMixes } from '../workload/punicaMix.ts'
import { alternate, ratios, type Variant } from './alternate.ts'
import type { Scenario } from './BenchContext.ts'
import { equalRequests } from './equalRequests.ts'

/** Punica's closed-loop mixes: distinct, uniform, skewed, identical; against the bare base. */
export const punica: Scenario = {
  name: 'punica',
  about: 'Punica’s four mixes in a closed loop',
  async run(context) {
    const { settings } = context
    const { clients, rounds, promptTokens, answerTokens, seed } = settings
    const target = await context.open({}, { kind: queryValue8, count: clients })
    try {
      const mixed = punicaMixes.map((mix): Variant => ({
        name: `${mix} (${punicaCounts(mix, clients).length} adapters)`,
        target,
        clients,
        requests: (round) => equalRequests(settings, punicaMix(mix, clients, seed + round), round),
      }))
      const base: Variant = { name: 'base only', target, clients, requests: (round) => equalRequests(settings, Array<null>(clients).fill(null), round) }
      const [bare, ...results] = await alternate(context, [base, ...mixed])
      return {
        scenario: punica.name,
        about: punica.about,
        workload: { clients, requests: clients, rounds, 'prompt tokens': promptTokens, 'answer tokens': answerTokens, adapters: queryValue8.name, seed },
        figures: [
          ...[bare!, ...results].map(({ name, rates }) => ({ name, unit: 'tokens/s', values: rates })),
          ...results.map((result) => ({ name: `${result.name} ÷ base`, unit: '', values: ratios(result, bare!) })),
        ],
        checks: [{ name: `distinct ÷ base`, value: median(ratios(results[0]!, bare!)), unit: '', atLeast: 0.9 }],
        remarks: [],
      }
    } finally {
      await target.close()
    }
  },
}
