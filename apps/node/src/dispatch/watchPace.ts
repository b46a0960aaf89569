import type { Clock } from '../config/Clock.ts'
import type { Alarms } from './Alarms.ts'

/** So many times the mean pause between tokens is a pause at which a node may have died. */
const latePauses = 20

/** Notes that a token came, and ends the watch. */
export type PaceWatch = { token(): void; end(): void }

/**
 * Calls `late` once in each pause that is too long: before the first token after `lateAfterMs`, which is how long a first token may take among its peers; later
 * after twenty mean pauses, but no sooner, since another node would need as long to go on.
 */
export function watchPace(lateAfterMs: number | undefined, clock: Clock, alarms: Alarms, late: () => void): PaceWatch {
  if (lateAfterMs === undefined) return { token: () => undefined, end: () => undefined }
  let first = 0
  let [tokens, last, told, quietUntil] = [0, clock.now(), -1, 0]
  const bound = (): number => (tokens < 2 ? lateAfterMs : Math.max(lateAfterMs, (latePauses * (last - first)) / (tokens - 1)))
  const end = alarms.set({
    dueAt: () => Math.max(last + bound(), quietUntil),
    ring: () => {
      quietUntil = clock.now() + bound()
      if (told === tokens) return
      told = tokens
      late()
    },
  })
  return {
    token: () => {
      last = clock.now()
      if (++tokens === 1) first = last
    },
    end,
  }
}
