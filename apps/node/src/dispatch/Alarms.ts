import type { Clock } from '../config/Clock.ts'

/** Something that is due at a time that may move. */
export type Alarm = {
  /** Unix milliseconds. */
  dueAt(): number
  /** Called when it is due; afterwards it is due later, or has been taken away. */
  ring(): void
}

/** The longest sleep, milliseconds: a process that has nothing else left to wait for is not held up for longer. */
const longestMs = 1000

/**
 * Rings alarms by one timer for all of them: nearly every alarm is taken away before it is due, and a timer for each costs an answer more than its tokens. When an
 * alarm is due is asked when it is set and whenever the timer wakes, once a second at least: one that comes to be due sooner can ring that much late.
 */
export class Alarms {
  readonly #clock: Clock
  readonly #set = new Set<Alarm>()
  #wakesAt = Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns what takes the alarm away */
  set(alarm: Alarm): () => void {
    this.#set.add(alarm)
    this.#sleep(alarm.dueAt())
    return () => void this.#set.delete(alarm)
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
    for (const alarm of this.#set) {
      if (alarm.dueAt() <= now) alarm.ring()
      if (this.#set.has(alarm)) next = Math.min(next, alarm.dueAt())
    }
    if (this.#set.size > 0) this.#sleep(next)
  }
}
