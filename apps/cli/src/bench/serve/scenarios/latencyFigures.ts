import { quantile } from '../measure/quantile.ts'
import { firstTokenMs, type RequestTrace, tokenGapsMs } from '../measure/RequestTrace.ts'
import type { Figure } from '../report/ScenarioResult.ts'

/** First-token and inter-token latency of what was answered. @param name goes before each figure's name */
export function latencyFigures(name: string, traces: readonly RequestTrace[]): Figure[] {
  const first = traces.map(firstTokenMs).filter((ms) => ms !== null)
  const gaps = traces.flatMap(tokenGapsMs)
  const figure = (what: string, values: readonly number[], q: number): Figure => ({ name: `${name}: ${what} p${q * 100}`, unit: 'ms', values: values.length > 0 ? [quantile(values, q)] : [] })
  return [figure('first token', first, 0.5), figure('first token', first, 0.99), figure('between tokens', gaps, 0.5), figure('between tokens', gaps, 0.99)]
}
