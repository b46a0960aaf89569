import type { Clock } from '../config/Clock.ts'

export type HeldLinesOptions = {
  clock: Clock
  /** Lines that come within so long of the last write wait and go together, milliseconds: a write costs each side more than a line. */
  holdMs: number
  write: (lines: string) => void
}

/** Lines that are written as they come, or when they come faster, several at once. */
export class HeldLines {
  readonly #options: HeldLinesOptions
  #held = ''
  #until = -Infinity
  #isWaiting = false

  constructor(options: HeldLinesOptions) {
    this.#options = options
  }

  add(line: string): void {
    this.#held += line
    if (this.#isWaiting) return
    const { clock } = this.#options
    const pause = this.#until - clock.now()
    if (pause <= 0) return this.flush()
    this.#isWaiting = true
    void clock.sleep(pause).then(() => {
      this.#isWaiting = false
      this.flush()
    })
  }

  /** Writes what is held, without waiting. */
  flush(): void {
    if (this.#held === '') return
    const { clock, holdMs, write } = this.#options
    const lines = this.#held
    this.#held = ''
    this.#until = clock.now() + holdMs
    write(lines)
  }
}
