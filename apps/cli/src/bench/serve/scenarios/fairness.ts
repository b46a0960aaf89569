import { queryValue8 } from '../material/AdapterKind.ts'
import { jainIndex } from '../measure/jainIndex.ts'
import { median, quantile } from '../measure/quantile.ts'
import { firstTokenMs, type RequestTrace, tokensWithin } from '../measure/RequestTrace.ts'
import { type LoadResult, runOpen } from '../measure/runLoad.ts'
import type { TimedRequest } from '../workload/BenchRequest.ts'
import { sloraWorkload } from '../workload/sloraWorkload.ts'
import { checkAnswered } from './alternate.ts'
import type { BenchContext, Scenario } from './BenchContext.ts'
import { measureSaturation, openLengths } from './measureSaturation.ts'

const lightPayers = 9
const heavyFactor = 10
/** Light payers' rates as shares of saturation: where all ten ask for far more than a tenth, so that each always has requests waiting, and where only the heavy one is too much. */
const backloggedShare = 0.3
const lightShare = 0.06

/** One payer at ten times the rate of nine others. */
export const fairness: Scenario = {
  name: 'fairness',
  about: 'one payer at ten times the rate of nine others',
  async run(context) {
    const { settings, signal, note } = context
    const { seconds, rounds, cv } = settings
    const target = await context.open({}, { kind: queryValue8, count: lightPayers + 1 })
    try {
      const saturation = await measureSaturation(context, target, lightPayers + 1)
      const play = async (share: number, heavy: boolean, round: number): Promise<LoadResult> => {
        const result = await runOpen(target, payersWorkload(context, share * saturation, heavy, round), { signal, stopAfterMs: seconds * 1000 })
        // Arrivals far above saturation fill the queue; whom it refuses is part of what is measured.
        checkAnswered(fairness.name, result.traces.filter(({ outcome }) => outcome === 'answered' || outcome === 'failed'))
        return result
      }
      /** Whoever is new begins with a credit in its share; until that is used up, nobody is ahead of anybody. */
      const settled = ({ traces, startedAt }: LoadResult): RequestTrace[] => traces.filter(({ sentAt }) => sentAt >= startedAt + 250 * seconds)
      const [jain, alone, beside]: [number[], RequestTrace[], RequestTrace[]] = [[], [], []]
      for (let round = 0; round < rounds; round++) {
        const all = await play(backloggedShare, true, round)
        jain.push(jainOf(all, seconds))
        alone.push(...settled(await play(lightShare, false, round)))
        beside.push(...settled(await play(lightShare, true, round)).filter((trace) => trace.request.payer !== 'heavy'))
        note(`  round ${round + 1} of ${rounds}: Jain index ${jain.at(-1)!.toFixed(3)}`)
      }
      const orRefused = (of: (trace: RequestTrace) => number | null) => (trace: RequestTrace) => (trace.outcome === 'refused' ? Infinity : of(trace))
      const whole = (trace: RequestTrace): number | null => (trace.outcome === 'answered' ? trace.endedAt - trace.sentAt : null)
      const p99 = (traces: readonly RequestTrace[], of: (trace: RequestTrace) => number | null): number => quantile(traces.map(orRefused(of)).filter((ms) => ms !== null), 0.99)
      const [first, answer] = [firstTokenMs, whole].map((of) => ({ alone: p99(alone, of), beside: p99(beside, of) })) as [{ alone: number; beside: number }, { alone: number; beside: number }]
      return {
        scenario: fairness.name,
        about: fairness.about,
        workload: { payers: `${lightPayers} + 1 heavy`, 'heavy ÷ light rate': heavyFactor, 'light rate ÷ saturation': `${backloggedShare} (all backlogged), ${lightShare} (only the heavy one)`, rounds, seconds, cv, 'saturation (requests/s)': Number(saturation.toFixed(2)) },
        figures: [
          { name: 'Jain index of served tokens, all backlogged', unit: '', values: jain },
          { name: 'light payers: first token p99, without the heavy one', unit: 'ms', values: [first.alone] },
          { name: 'light payers: first token p99, beside it', unit: 'ms', values: [first.beside] },
          { name: 'light payers: whole answer p99, without the heavy one', unit: 'ms', values: [answer.alone] },
          { name: 'light payers: whole answer p99, beside it', unit: 'ms', values: [answer.beside] },
        ],
        checks: [
          { name: 'Jain index of served tokens', value: median(jain), unit: '', atLeast: 0.95 },
          { name: 'light payers’ first token p99 ÷ alone', value: first.beside / first.alone, unit: '', atMost: 2 },
          { name: 'light payers’ whole answer p99 ÷ alone', value: answer.beside / answer.alone, unit: '', atMost: 2 },
        ],
        remarks: ['Alone: the nine light payers with the same requests, without the heavy one. Percentiles are over all rounds together; a refused request counts as one that never ended. The first quarter of each run is left out: whoever is new begins with a credit.'],
      }
    } finally {
      await target.close()
    }
  },
}

/** Arrivals of all payers, each with its own adapter and its own stream; the light ones' are the same with and without the heavy one. */
function payersWorkload(context: BenchContext, lightRate: number, heavy: boolean, round: number): TimedRequest[] {
  const { seconds, cv, seed } = context.settings
  const of = (payer: string, adapter: number, rate: number): TimedRequest[] =>
    sloraWorkload({ adapters: 1, alpha: 1, rate, cv, seconds, ...openLengths(context), seed: seed + 10_000 * (round + 1) + adapter })
      .map((request) => ({ ...request, adapter, payer }))
      .filter((request) => request.atMs < seconds * 1000)
  const light = Array.from({ length: lightPayers }, (_, index) => of(`light ${index + 1}`, index + 1, lightRate))
  return [...(heavy ? of('heavy', 0, heavyFactor * lightRate) : []), ...light.flat()].sort((a, b) => a.atMs - b.atMs)
}

/** Over the last three quarters of the run, when everybody has requests waiting. */
function jainOf({ traces, startedAt }: LoadResult, seconds: number): number {
  const payers = ['heavy', ...Array.from({ length: lightPayers }, (_, index) => `light ${index + 1}`)]
  return jainIndex(payers.map((payer) => tokensWithin(traces.filter((trace) => trace.request.payer === payer), startedAt + 250 * seconds, startedAt + 1000 * seconds)))
}
