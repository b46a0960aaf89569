import { fail } from '@openledger/protocol'
import { queryValue8 } from '../material/AdapterKind.ts'
import { median } from '../measure/quantile.ts'
import { firstTokenMs, type RequestTrace } from '../measure/RequestTrace.ts'
import { runOpen } from '../measure/runLoad.ts'
import { sloraWorkload } from '../workload/sloraWorkload.ts'
import type { Scenario } from './BenchContext.ts'
import { measureSaturation, openLengths } from './measureSaturation.ts'

const overloadFactor = 1.5
const adapters = 16

/** More requests than can be answered, each with a bound on its first token: who is admitted is served in time. */
export const overload: Scenario = {
  name: 'overload',
  about: 'arrivals at one and a half times saturation, with admission by predicted time to first token',
  async run(context) {
    const { settings, signal, note } = context
    const { seconds, rounds, cv, seed } = settings
    const target = await context.open({}, { kind: queryValue8, count: adapters })
    try {
      const saturation = await measureSaturation(context, target, adapters)
      const [met, refused, goodput]: [number[], number[], number[]] = [[], [], []]
      for (let round = 0; round < rounds; round++) {
        const requests = sloraWorkload({ adapters, alpha: 1, rate: overloadFactor * saturation, cv, seconds, ...openLengths(context), seed: seed + round })
        const bounded = requests.map((request) => ({ ...request, firstTokenMs: settings.firstTokenMs }))
        const { traces, startedAt, endedAt } = await runOpen(target, bounded, { signal })
        const failed = traces.find((trace) => trace.outcome === 'failed')
        if (failed) fail('BENCH_FAILED', `overload: ${failed.error}`, { status: 500 })
        const admitted = traces.filter((trace) => trace.outcome === 'answered')
        const inTime = admitted.filter((trace) => (firstTokenMs(trace) ?? Infinity) <= settings.firstTokenMs)
        met.push(inTime.length / admitted.length)
        refused.push(1 - admitted.length / traces.length)
        goodput.push(tokensOf(inTime) / ((endedAt - startedAt) / 1000))
        note(`  round ${round + 1} of ${rounds}: ${traces.length} offered, ${traces.length - admitted.length} refused, ${inTime.length} of ${admitted.length} admitted in time`)
      }
      return {
        scenario: overload.name,
        about: overload.about,
        workload: { 'saturation (requests/s)': Number(saturation.toFixed(2)), 'arrivals ÷ saturation': overloadFactor, 'bound (ms)': settings.firstTokenMs, rounds, seconds, cv, adapters: `${adapters} ${queryValue8.name}` },
        figures: [
          { name: 'admitted requests that meet their bound', unit: 'share', values: met },
          { name: 'refused of all offered', unit: 'share', values: refused },
          { name: 'answer tokens of requests in time', unit: 'tokens/s', values: goodput },
        ],
        checks: [{ name: 'admitted requests that meet their bound', value: median(met), unit: '', atLeast: 0.8 }],
        remarks: ['At one and a half times saturation a third of the requests must be refused; fewer refusals mean missed bounds.'],
      }
    } finally {
      await target.close()
    }
  },
}

const tokensOf = (traces: readonly RequestTrace[]): number => traces.reduce((sum, trace) => sum + (trace.tokens?.length ?? 0), 0)
