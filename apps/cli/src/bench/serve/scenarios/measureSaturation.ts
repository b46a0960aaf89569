import { runClosed } from '../measure/runLoad.ts'
import type { BenchTarget } from '../targets/BenchTarget.ts'
import type { SloraOptions } from '../workload/sloraWorkload.ts'
import { sloraWorkload } from '../workload/sloraWorkload.ts'
import { checkAnswered } from './alternate.ts'
import type { BenchContext } from './BenchContext.ts'

/** The mean lengths that open-loop scenarios draw around. */
export function openLengths({ settings }: BenchContext): Pick<SloraOptions, 'input' | 'output' | 'vocabulary'> {
  const { promptTokens, answerTokens, shape } = settings
  const around = (mean: number): [number, number] => [Math.max(1, Math.ceil(mean / 2)), Math.max(2, Math.floor(1.5 * mean) + 1)]
  return { input: around(promptTokens), output: around(answerTokens), vocabulary: shape.vocabulary }
}

/**
 * Requests a second that a target answers when there is always one waiting: what rates of open loops are multiples of.
 * @param adapters how many adapters the requests are spread over
 */
export async function measureSaturation(context: BenchContext, target: BenchTarget, adapters: number): Promise<number> {
  const { settings, signal, note } = context
  const { clients, seconds, seed } = settings
  const requests = sloraWorkload({ adapters, alpha: 1, rate: 50 * clients, cv: 1, seconds, ...openLengths(context), seed: seed + 1000 })
  const { traces, startedAt, endedAt } = await runClosed(target, requests, 2 * clients, { signal, stopAfterMs: seconds * 1000 })
  const answered = traces.filter((trace) => trace.outcome !== 'stopped')
  checkAnswered('saturation', answered)
  // Tokens count as they come, so that answers cut off by the clock are not lost.
  const tokens = traces.reduce((sum, trace) => sum + trace.tokenTimes.length, 0)
  const [low, high] = openLengths(context).output
  const rate = tokens / ((endedAt - startedAt) / 1000) / ((low + high - 1) / 2)
  note(`  saturation: ${rate.toFixed(2)} requests/s`)
  return rate
}
