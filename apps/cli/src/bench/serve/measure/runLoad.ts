import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { OpenLedgerError } from '@openledger/protocol'
import type { BenchTarget } from '../targets/BenchTarget.ts'
import type { BenchRequest, TimedRequest } from '../workload/BenchRequest.ts'
import type { RequestTrace } from './RequestTrace.ts'

/** `stopAfterMs`: the run ends by the clock, and what is in progress then is stopped. */
export type LoadOptions = { signal: AbortSignal; stopAfterMs?: number }
export type LoadResult = { traces: RequestTrace[]; startedAt: number; endedAt: number }

/**
 * A closed loop: each of `clients` sends its next request when its last one has ended. Ends when the requests are used up, or after
 * `stopAfterMs`, when what is in progress is stopped.
 */
export async function runClosed(target: BenchTarget, requests: Iterable<BenchRequest>, clients: number, options: LoadOptions): Promise<LoadResult> {
  const source = requests[Symbol.iterator]()
  const { end, done } = endOf(options)
  const traces: RequestTrace[] = []
  const startedAt = performance.now()
  const client = async (): Promise<void> => {
    while (!end.aborted) {
      const next = source.next()
      if (next.done) return
      traces.push(await sendTraced(target, next.value, end))
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  done()
  options.signal.throwIfAborted()
  return { traces, startedAt, endedAt: performance.now() }
}

/** An open loop: each request is sent at its own time, whatever became of those before. Ends when all have ended or `stopAfterMs` are over. */
export async function runOpen(target: BenchTarget, requests: readonly TimedRequest[], options: LoadOptions): Promise<LoadResult> {
  const { end, done } = endOf(options)
  const startedAt = performance.now()
  const running: Promise<RequestTrace>[] = []
  for (const request of requests) {
    const wait = startedAt + request.atMs - performance.now()
    if (wait > 0) await sleep(wait, undefined, { signal: end }).catch(() => undefined)
    if (end.aborted) break
    running.push(sendTraced(target, request, end))
  }
  const traces = await Promise.all(running)
  done()
  options.signal.throwIfAborted()
  return { traces, startedAt, endedAt: performance.now() }
}

/**
 * A signal that aborts with the caller's or by the clock. The timer holds the controller: signals made by AbortSignal.timeout can be
 * collected while others wait for them.
 */
function endOf({ signal, stopAfterMs }: LoadOptions): { end: AbortSignal; done: () => void } {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  const timer = stopAfterMs === undefined ? undefined : setTimeout(stop, stopAfterMs)
  // Every request in progress listens.
  setMaxListeners(0, controller.signal)
  return {
    end: controller.signal,
    done: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    },
  }
}

/** Sends one request and keeps what happens to it; never rejects. */
export async function sendTraced(target: BenchTarget, request: BenchRequest, signal: AbortSignal): Promise<RequestTrace> {
  const trace: RequestTrace = { request, sentAt: performance.now(), tokenTimes: [], endedAt: 0, tokens: null, outcome: 'answered' }
  try {
    trace.tokens = await target.send(request, { signal, onToken: () => void trace.tokenTimes.push(performance.now()) })
    if (trace.tokens.length !== request.outputTokens) Object.assign(trace, { outcome: 'failed', error: `${trace.tokens.length} tokens instead of ${request.outputTokens}` })
  } catch (error) {
    const refused = error instanceof OpenLedgerError && error.code === 'OVERLOADED'
    trace.outcome = refused ? 'refused' : signal.aborted ? 'stopped' : 'failed'
    if (trace.outcome === 'failed') trace.error = error instanceof OpenLedgerError ? `${error.code}: ${error.message}` : String(error)
  }
  trace.endedAt = performance.now()
  return trace
}
