import type { Output } from '../output/Output.ts'
import { Progress, type ProgressUpdate } from '../output/Progress.ts'

export type StageTime = { stage: string; seconds: number }
type Note = (text: string) => void

/** Tells people what is happening, stage by stage, and keeps how long each took. */
export class StageReport {
  readonly times: StageTime[] = []
  /** Figures that stages measured, the last positive value of each. */
  readonly figures = new Map<string, number>()
  readonly #output: Output
  readonly #now: () => number

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output
    this.#now = now
  }

  /** Keeps a figure; zero says that there was nothing to measure. */
  measure(name: string, value: number): void {
    if (value > 0) this.figures.set(name, value)
  }

  /** Runs one stage: its name first, its notes as they come, its time at the end. */
  async stage<T>(name: string, run: (note: Note, progress: (update: ProgressUpdate) => void) => Promise<T>): Promise<T> {
    const started = this.#now()
    const progress = new Progress(this.#output, name)
    this.#output.heading(name)
    try {
      return await run(
        (text) => this.#output.line(`    ${text}`),
        (update) => progress.update(update),
      )
    } finally {
      progress.stop()
      const seconds = (this.#now() - started) / 1000
      this.times.push({ stage: name, seconds })
      this.#output.line(`    ${seconds.toFixed(1)} s`)
    }
  }
}
