/** Counts of values by fixed upper bounds, as Prometheus has them: a value counts in every bucket whose bound it does not exceed. */
export type HistogramCounts = { bounds: readonly number[]; /** One per bound. */ counts: number[]; sum: number; count: number }

/** Upper bounds in milliseconds for times to a first token. */
export const firstTokenBounds = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000]
/** Upper bounds in milliseconds for times between two tokens. */
export const interTokenBounds = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500]

/** Counts values by fixed bounds. */
export class Histogram {
  readonly #bounds: readonly number[]
  /** By the first bound that holds the value; the last entry counts what is above all. */
  readonly #counts: number[]
  #sum = 0

  /** @param bounds upper bounds, rising */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  add(value: number): void {
    let index = 0
    while (index < this.#bounds.length && value > this.#bounds[index]!) index += 1
    this.#counts[index]! += 1
    this.#sum += value
  }

  /** A copy of what was counted. */
  get counts(): HistogramCounts {
    let count = 0
    const counts = this.#bounds.map((_, index) => (count += this.#counts[index]!))
    return { bounds: this.#bounds, counts, sum: this.#sum, count: count + this.#counts.at(-1)! }
  }
}
