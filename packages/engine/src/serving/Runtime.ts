import { performance } from 'node:perf_hooks'

/** Time, and the turns of the event loop, as the batcher needs them. */
export type Runtime = {
  /** Milliseconds that never fall. */
  now(): number
  /** Runs a turn once the events that are pending have been handled. */
  soon(turn: () => void): void
  /** Runs once after some time. @returns calls it off */
  after(ms: number, run: () => void): () => void
}

/** The runtime of this process. Its timers keep no process alive. */
export const processRuntime: Runtime = {
  now: () => performance.now(),
  soon: (turn) => void setImmediate(turn),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, 2 ** 31 - 1)).unref()
    return () => clearTimeout(timer)
  },
}
