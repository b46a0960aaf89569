import type { Clock } from '../config/Clock.ts'

/** A clock that jumps to the end of the shortest sleep once everything else has had its turn. */
export class JumpingClock implements Clock {
  time = 0
  #sleepers: { until: number; wake: () => void }[] = []

  now(): number {
    return this.time
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const sleeper = { until: this.time + ms, wake: () => ((this.#sleepers = this.#sleepers.filter((s) => s !== sleeper)), resolve()) }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', sleeper.wake)
    })
  }

  /** Runs until `done`. */
  async until(done: () => boolean): Promise<void> {
    for (let i = 0; i < 500 && !done(); i++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (done()) return
      const next = this.#sleepers.sort((a, b) => a.until - b.until)[0]
      if (!next) continue
      this.time = Math.max(this.time, next.until)
      next.wake()
    }
    if (!done()) throw new Error('nothing more happens')
  }
}
