import type { Clock } from '../config/Clock.ts'

/** So many times the mean pause between tokens is a pause at which a node may have died. */
const latePauses = 20

/** Notes that a token came, and ends the watch. */
export type PaceWatch = { token(): void; end(): void }

/**
 * Calls `late` once in each pause that is too long: before the first token after `lateAfterMs`, which is how long a first token may take among its peers; later
 * after twenty mean pauses, but no sooner, since another node would need as long to go on.
 */
export function watchPace(lateAfterMs: number | undefined, clock: Clock, late: () => void): PaceWatch {
  if (lateAfterMs === undefined) return { token: () => undefined, end: () => undefined }
  const ended = new AbortController()
  let first = 0
  let [tokens, last, told] = [0, clock.now(), -1]
  const bound = (): number => (tokens < 2 ? lateAfterMs : Math.max(lateAfterMs, (latePauses * (last - first)) / (tokens - 1)))
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const left = last + bound() - clock.now()
      if (left <= 0 && told !== tokens) {
        told = tokens
        late()
      }
      await clock.sleep(left > 0 ? left : bound(), ended.signal)
    }
  }
  void watch()
  return {
    token: () => {
      last = clock.now()
      if (++tokens === 1) first = last
    },
    // Without a reason each abort makes an error with its stack.
    end: () => ended.abort('ended'),
  }
}
