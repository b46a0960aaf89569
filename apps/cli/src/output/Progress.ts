import { SingleBar } from 'cli-progress'
import type { Output } from './Output.ts'

/** A progress report: how much of what is done, and a short text beside it. */
export type ProgressUpdate = { done: number; total: number; text: string }

const plainIntervalMs = 5_000

/** Shows one piece of long work: a bar on a terminal, a line every few seconds elsewhere, nothing in JSON mode. */
export class Progress {
  readonly #output: Output
  readonly #label: string
  readonly #now: () => number
  #bar: SingleBar | undefined
  #lastPlain = Number.NEGATIVE_INFINITY
  #finished = false

  constructor(output: Output, label: string, now: () => number = Date.now) {
    this.#output = output
    this.#label = label
    this.#now = now
  }

  update({ done, total, text }: ProgressUpdate): void {
    if (this.#output.json || total <= 0) return
    if (this.#output.isTerminal) {
      this.#bar ??= this.#start(total)
      this.#bar.setTotal(total)
      this.#bar.update(done, { text })
      return
    }
    if (this.#now() - this.#lastPlain < plainIntervalMs || this.#finished) return
    this.#finished = done >= total
    this.#lastPlain = this.#now()
    this.#output.note(`  ${this.#label} ${Math.floor((100 * done) / total)} % ${text}`)
  }

  stop(): void {
    this.#bar?.stop()
    this.#bar = undefined
  }

  #start(total: number): SingleBar {
    const bar = new SingleBar({ format: `  ${this.#label} [{bar}] {percentage} % {text}`, hideCursor: true, stream: process.stderr, fps: 5 })
    bar.start(total, 0, { text: '' })
    return bar
  }
}
