import type { Clock } from './Clock.ts'

/** A signal that is aborted after a time by an injected clock, unless it is ended before; whoever makes it ends it. */
export function abortAfter(clock: Clock, ms: number): { signal: AbortSignal; end(): void } {
  const [late, ended] = [new AbortController(), new AbortController()]
  void clock.sleep(ms, ended.signal).then(() => ended.signal.aborted || late.abort())
  return { signal: late.signal, end: () => ended.abort() }
}
