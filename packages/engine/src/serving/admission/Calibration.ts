/** A forecast and what came of it, in milliseconds. */
export type ForecastOutcome = { predictedMs: number; measuredMs: number }

const kept = 256
/** Forecasts below this are not judged by their ratio: nothing is refused for such a wait, and noise rules it. */
const smallestMs = 5

/**
 * Compares forecasts with what was measured. Keeps the ratio that the wanted part of the outcomes stays below, by stochastic
 * approximation of a quantile (Robbins and Monro 1951) on a logarithmic scale, so that a bound can be promised with that certainty.
 */
export class Calibration {
  readonly #certainty: number
  readonly #recent: ForecastOutcome[] = []
  #logRatio = 0

  /** @param certainty part of the outcomes that should stay within forecast times `ratio` */
  constructor(certainty: number) {
    this.#certainty = certainty
  }

  add(outcome: ForecastOutcome): void {
    this.#recent.push(outcome)
    if (this.#recent.length > kept) this.#recent.shift()
    if (outcome.predictedMs < smallestMs) return
    const above = outcome.measuredMs > outcome.predictedMs * this.ratio
    this.#logRatio += 0.05 * (above ? this.#certainty : this.#certainty - 1)
    this.#logRatio = Math.min(Math.log(8), Math.max(-Math.log(4), this.#logRatio))
  }

  /** A forecast times this is exceeded as seldom as was asked for. */
  get ratio(): number {
    return Math.exp(this.#logRatio)
  }

  /** The latest forecasts with their outcomes, oldest first. */
  get recent(): readonly ForecastOutcome[] {
    return this.#recent
  }
}
