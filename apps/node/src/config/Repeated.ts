import type { Clock } from './Clock.ts'
import { errorFields, type Log } from './Log.ts'

export type RepeatedParts = {
  /** One turn; what it throws is logged as `event`. */
  turn: () => Promise<void>
  event: string
  /** Pause between turns, milliseconds; after a failure a turn comes sooner, after many the pause is this again. */
  everyMs: number
  clock: Clock
  log: Log
}

const shortestMs = 500

/** A piece of work that is done again and again until it is closed. */
export class Repeated {
  readonly #parts: RepeatedParts
  readonly #stop = new AbortController()
  #loop: Promise<void> | undefined

  constructor(parts: RepeatedParts) {
    this.#parts = parts
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** Returns when the turn that was going on is over. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    const { turn, event, clock, log, everyMs } = this.#parts
    let failures = 0
    while (!this.#stop.signal.aborted) {
      try {
        await turn()
        failures = 0
      } catch (error) {
        failures += 1
        log.warn(event, errorFields(error))
      }
      await clock.sleep(failures === 0 ? everyMs : Math.min(everyMs, shortestMs * 2 ** (failures - 1)), this.#stop.signal)
    }
  }
}
