import type { Clock } from '../../config/Clock.ts'
import { EventQueue } from './EventQueue.ts'

/** How many turns of the event loop everything that is not waiting for time gets before time goes on. */
const turns = 3

/** A clock whose time goes on only when nothing else happens: the same events in the same order, however fast the machine is. */
export class SimulatedClock implements Clock {
  readonly #events = new EventQueue()
  readonly #start: number
  #busy = 0

  /** @param start Unix milliseconds at the beginning */
  constructor(start: number) {
    this.#start = start
  }

  /** Whole milliseconds. */
  now(): number {
    return Math.floor(this.#start + this.#events.now)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = (): void => {
        signal?.removeEventListener('abort', done)
        resolve()
      }
      signal?.addEventListener('abort', done)
      this.#events.after(Math.max(0, ms), done)
    })
  }

  /** Does something so many milliseconds from now. */
  after(ms: number, run: () => void): void {
    this.#events.after(ms, run)
  }

  /** Time stands still while something is done that takes none of it. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1
    try {
      return await work()
    } finally {
      this.#busy -= 1
    }
  }

  /** Lets time go on until something is so, or a time has come. @param end Unix milliseconds @returns whether it was so */
  async runUntil(end: number, done: () => boolean = () => false): Promise<boolean> {
    for (;;) {
      await this.#settle()
      if (done()) return true
      if (this.#start + this.#events.nextAt > end) {
        this.#events.runUntil(end - this.#start)
        return false
      }
      this.#events.runNext()
    }
  }

  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < turns; quiet++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#busy > 0) quiet = -1
    }
  }
}
