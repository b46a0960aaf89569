import { queryValue8 } from '../material/AdapterKind.ts'
import { runOpen } from '../measure/runLoad.ts'
import { firstTokenMs } from '../measure/RequestTrace.ts'
import { sloraWorkload } from '../workload/sloraWorkload.ts'
import { checkAnswered } from './alternate.ts'
import type { Scenario } from './BenchContext.ts'
import { latencyFigures } from './latencyFigures.ts'
import { measureSaturation, openLengths } from './measureSaturation.ts'

/** S-LoRA's synthetic workload in an open loop: throughput, first-token latency and attainment of its bound. */
export const slora: Scenario = {
  name: 's-lora',
  about: 'S-LoRA’s synthetic workload in an open loop',
  async run(context) {
    const { settings, signal, note } = context
    const { adapters, alpha, cv, seconds, seed } = settings
    note(`s-lora: making and registering ${adapters} adapters`)
    const target = await context.open({}, { kind: queryValue8, count: adapters })
    try {
      const rate = settings.rate ?? 0.75 * (await measureSaturation(context, target, adapters))
      const options = { adapters, alpha, rate, cv, seconds, ...openLengths(context), seed }
      const { traces, startedAt, endedAt } = await runOpen(target, sloraWorkload(options), { signal })
      checkAnswered(slora.name, traces)
      const met = traces.filter((trace) => (firstTokenMs(trace) ?? Infinity) <= settings.firstTokenMs).length
      const span = (endedAt - startedAt) / 1000
      return {
        scenario: slora.name,
        about: slora.about,
        workload: { n: adapters, alpha, 'R (requests/s)': Number(rate.toFixed(3)), cv, seconds, 'input length': options.input.join('–'), 'output length': options.output.join('–'), seed, adapters: queryValue8.name },
        figures: [
          { name: 'requests answered', unit: '', values: [traces.length] },
          { name: 'requests', unit: '1/s', values: [traces.length / span] },
          { name: 'answer tokens', unit: 'tokens/s', values: [traces.reduce((sum, trace) => sum + (trace.tokens?.length ?? 0), 0) / span] },
          { name: `first token within ${settings.firstTokenMs} ms`, unit: 'share', values: [met / traces.length] },
          ...latencyFigures('all', traces),
        ],
        checks: [],
        remarks: settings.rate === undefined ? ['R is three quarters of what this machine saturates at; --rate sets it.'] : [],
      }
    } finally {
      await target.close()
    }
  },
}
