import type { Clock } from '../config/Clock.ts'

/** Something that is due at a time that may move. */
export type Alarm = {
  /** Unix milliseconds. */
  dueAt(): number
  /** Called when it is due; afterwards it is due later, or has been taken away. */
  ring(): void
}

/** An alarm that is set, and where; -1 when it has been taken away. */
type Entry = { alarm: Alarm; place: number }

/** The longest sleep, milliseconds: a process that has nothing else left to wait for is not held up for longer. */
const longestMs = 1000

/**
 * Rings alarms by one timer for all of them: nearly every alarm is taken away before it is due, and a timer for each costs an answer more than its tokens. When an
 * alarm is due is asked when it is set and whenever the timer wakes, once a second at least: one that comes to be due sooner can ring that much late.
 */
export class Alarms {
  readonly #clock: Clock
  /** No Set: when one of those makes room it goes on pointing from where it was to where it is, and so keeps what alarms reach until the next full collection of memory. */
  readonly #entries: Entry[] = []
  #wakesAt = Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns what takes the alarm away */
  set(alarm: Alarm): () => void {
    const entry = { alarm, place: this.#entries.length }
    this.#entries.push(entry)
    this.#sleep(alarm.dueAt())
    return () => this.#take(entry)
  }

  #take(entry: Entry): void {
    if (entry.place < 0) return
    const last = this.#entries.pop()!
    if (last !== entry) this.#entries[(last.place = entry.place)] = last
    entry.place = -1
  }

  #sleep(until: number): void {
    const now = this.#clock.now()
    const at = Math.min(until, now + longestMs)
    if (at >= this.#wakesAt) return
    this.#wakesAt = at
    void this.#clock.sleep(Math.max(0, at - now)).then(() => {
      // A sleep that was to end sooner has begun since.
      if (at === this.#wakesAt) this.#wake()
    })
  }

  #wake(): void {
    this.#wakesAt = Infinity
    let next = Infinity
    const now = this.#clock.now()
    for (const entry of [...this.#entries]) {
      if (entry.place >= 0 && entry.alarm.dueAt() <= now) entry.alarm.ring()
      if (entry.place >= 0) next = Math.min(next, entry.alarm.dueAt())
    }
    if (this.#entries.length > 0) this.#sleep(next)
  }
}
