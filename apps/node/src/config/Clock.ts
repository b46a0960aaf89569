/** The time, and waiting for it, as an argument: decisions that depend on it can be tested. */
export type Clock = {
  /** Unix milliseconds. */
  now(): number
  /** Resolves after `ms`; at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (!signal) return void setTimeout(resolve, ms)
      if (signal.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done)
    }),
}
