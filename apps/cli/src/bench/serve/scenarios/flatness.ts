import { queryValue8 } from '../material/AdapterKind.ts'
import { runClosed } from '../measure/runLoad.ts'
import { median } from '../measure/quantile.ts'
import { tokensWithin } from '../measure/RequestTrace.ts'
import { sloraWorkload } from '../workload/sloraWorkload.ts'
import { checkAnswered } from './alternate.ts'
import type { BenchContext, Scenario } from './BenchContext.ts'

/** Saturated throughput as the number of adapters in use grows. */
export const flatness: Scenario = {
  name: 'flatness',
  about: 'saturated throughput by how many adapters requests are spread over',
  async run(context) {
    const { settings, note } = context
    const { adapters, rounds, seconds, clients, alpha } = settings
    const counts = [5, 100, adapters].filter((count, index, all) => count <= adapters && all.indexOf(count) === index)
    note(`flatness: making and registering ${adapters} adapters`)
    const target = await context.open({}, { kind: queryValue8, count: adapters })
    try {
      const rates = counts.map((): number[] => [])
      for (let round = -1; round < rounds; round++) {
        const order = counts.map((_, index) => (round % 2 === 0 ? index : counts.length - 1 - index))
        for (const index of order) {
          const rate = await saturate(context, target, counts[index]!, round)
          // The first round only warms up.
          if (round < 0) continue
          rates[index]!.push(rate)
          note(`  round ${round + 1} of ${rounds}, ${counts[index]} adapters: ${rate.toFixed(0)} tokens/s`)
        }
      }
      const flat = rates.at(-1)!.map((rate, round) => rate / rates[0]![round]!)
      return {
        scenario: flatness.name,
        about: flatness.about,
        workload: { clients, rounds, seconds, adapters: `${queryValue8.name}: ${counts.join(', ')}`, alpha, 'prompt tokens': `8–${2 * settings.promptTokens}`, 'answer tokens': `8–${2 * settings.answerTokens}` },
        figures: [
          ...counts.map((count, index) => ({ name: `${count} adapters`, unit: 'tokens/s', values: rates[index]! })),
          { name: `${counts.at(-1)} adapters ÷ ${counts[0]}`, unit: '', values: flat },
        ],
        checks: [{ name: `${counts.at(-1)} adapters ÷ ${counts[0]}`, value: median(flat), unit: '', atLeast: 0.95 }],
        remarks: ['The same prompts and lengths in the same order for each number of adapters; adapters beyond the window come from memory or disk while others are served.'],
      }
    } finally {
      await target.close()
    }
  },
}

/** Answer tokens a second of a closed loop, without its first fifth, when all clients read their prompts at once. */
async function saturate({ settings, signal }: BenchContext, target: Awaited<ReturnType<BenchContext['open']>>, adapters: number, round: number): Promise<number> {
  const { clients, alpha, promptTokens, answerTokens, shape, seed } = settings
  const seconds = round < 0 ? Math.min(2, settings.seconds) : settings.seconds
  // More than any machine can answer in that time: the loop ends by the clock.
  const rate = 50 * clients
  const requests = sloraWorkload({ adapters, alpha, rate, cv: 1, seconds, input: [8, 2 * promptTokens], output: [8, 2 * answerTokens], vocabulary: shape.vocabulary, seed: seed + round })
  const { traces, startedAt } = await runClosed(target, requests, clients, { signal, stopAfterMs: seconds * 1000 })
  checkAnswered(`${adapters} adapters`, traces.filter((trace) => trace.outcome !== 'stopped'))
  return tokensWithin(traces, startedAt + 200 * seconds, startedAt + 1000 * seconds) / (0.8 * seconds)
}
