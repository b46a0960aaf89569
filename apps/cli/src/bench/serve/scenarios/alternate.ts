import { fail } from '@openledger/protocol'
import { runClosed } from '../measure/runLoad.ts'
import type { RequestTrace } from '../measure/RequestTrace.ts'
import type { BenchTarget } from '../targets/BenchTarget.ts'
import type { BenchRequest } from '../workload/BenchRequest.ts'
import type { BenchContext } from './BenchContext.ts'

/** One way of doing the same work: which server, with which requests in round `round`, by how many clients. */
export type Variant = { name: string; target: BenchTarget; clients: number; requests(round: number): BenchRequest[] }

/** What one variant did: answer tokens a second of each round (prompts included in the time), and every request. */
export type VariantResult = { name: string; rates: number[]; traces: RequestTrace[] }

/**
 * Measures variants in turn, `rounds` times, every other round backwards, so that a machine that warms up or slows down is no
 * advantage to any. Each variant first runs once unmeasured with short answers. @throws UnavailableError `BENCH_FAILED` when a request fails
 */
export async function alternate(context: BenchContext, variants: readonly Variant[]): Promise<VariantResult[]> {
  const { settings, signal, note } = context
  const results = variants.map(({ name }): VariantResult => ({ name, rates: [], traces: [] }))
  for (const variant of variants) {
    const short = variant.requests(0).map((request) => ({ ...request, outputTokens: Math.min(4, request.outputTokens) }))
    checkAnswered(variant.name, (await runClosed(variant.target, short, variant.clients, { signal })).traces)
  }
  for (let round = 0; round < settings.rounds; round++) {
    const order = variants.map((_, index) => (round % 2 === 0 ? index : variants.length - 1 - index))
    for (const index of order) {
      const { name, target, clients, requests } = variants[index]!
      const { traces, startedAt, endedAt } = await runClosed(target, requests(round), clients, { signal })
      checkAnswered(name, traces)
      const rate = traces.reduce((sum, trace) => sum + (trace.tokens?.length ?? 0), 0) / ((endedAt - startedAt) / 1000)
      results[index]!.rates.push(rate)
      results[index]!.traces.push(...traces)
      note(`  round ${round + 1} of ${settings.rounds}, ${name}: ${rate.toFixed(0)} tokens/s`)
    }
  }
  return results
}

/** Ratio of two variants' rates, round by round. */
export function ratios(above: VariantResult, below: VariantResult): number[] {
  return above.rates.map((rate, round) => rate / below.rates[round]!)
}

/** @throws OpenLedgerError `BENCH_FAILED` when a request was not answered in full */
export function checkAnswered(name: string, traces: readonly RequestTrace[]): void {
  const bad = traces.find((trace) => trace.outcome !== 'answered')
  if (bad) fail('BENCH_FAILED', `${name}: a request was ${bad.outcome}${bad.error ? ` (${bad.error})` : ''}`, { status: 500 })
}
