import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'

const resolutionMs = 2

/** How late timers of the calling thread fire: what a server's HTTP side would feel. */
export class LoopDelay {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs })

  start(): this {
    this.#histogram.reset()
    this.#histogram.enable()
    return this
  }

  /** Ends the measurement. @returns the 99th percentile and the most, in milliseconds beyond the sampling interval */
  stop(): { p99: number; max: number } {
    this.#histogram.disable()
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs)
    return { p99: late(this.#histogram.percentile(99)), max: late(this.#histogram.max) }
  }
}
