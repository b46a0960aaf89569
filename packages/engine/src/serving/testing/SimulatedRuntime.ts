import type { Runtime } from '../Runtime.ts'

type Due = { at: number; order: number; run: () => void }

/** A clock that stands still unless something is computed or nothing is left to do; turns and timers run in the order of their times. */
export class SimulatedRuntime implements Runtime {
  #now = 0
  #order = 0
  #due: Due[] = []

  now(): number {
    return this.#now
  }

  /** Time passes while something is computed. */
  spend(ms: number): void {
    this.#now += ms
  }

  soon(turn: () => void): void {
    this.#add(this.#now, turn)
  }

  after(ms: number, run: () => void): () => void {
    const due = this.#add(this.#now + ms, run)
    return () => {
      this.#due = this.#due.filter((other) => other !== due)
    }
  }

  /** Runs everything that is due until nothing is left, or until a time. Promises settle between two runs. */
  async play(untilMs = Infinity): Promise<void> {
    for (;;) {
      let first: Due | undefined
      for (const due of this.#due) if (!first || due.at < first.at || (due.at === first.at && due.order < first.order)) first = due
      if (!first || first.at > untilMs) return
      this.#due.splice(this.#due.indexOf(first), 1)
      this.#now = Math.max(this.#now, first.at)
      first.run()
      await Promise.resolve()
    }
  }

  #add(at: number, run: () => void): Due {
    const due = { at, order: this.#order++, run }
    this.#due.push(due)
    return due
  }
}
