import { Average } from './Average.ts'

const weight = 0.1

/** How long steps take, learnt from those that ran: by the number of answers in progress, and per row of prompt on top. */
export class StepTimes {
  /** By the binary logarithm of the decode rows, rounded up. */
  readonly #decode: Average[] = []
  readonly #promptRow = new Average(weight)

  /** @param ms what a step with so many rows took */
  observe(decodeRows: number, promptRows: number, ms: number): void {
    if (promptRows === 0) {
      if (decodeRows > 0) (this.#decode[bucketOf(decodeRows)] ??= new Average(weight)).add(ms)
      return
    }
    this.#promptRow.add(Math.max(0, ms - (decodeRows > 0 ? this.decodeMs(decodeRows) : 0)) / promptRows)
  }

  /** Expected milliseconds of a step with so many answers in progress and no prompt; 0 while nothing was measured. */
  decodeMs(rows: number): number {
    if (rows === 0) return 0
    const bucket = bucketOf(rows)
    for (let distance = 0; distance < 32; distance++) {
      const value = this.#decode[bucket - distance]?.value ?? this.#decode[bucket + distance]?.value
      if (value !== null && value !== undefined) return value
    }
    return 0
  }

  /** Expected milliseconds that one row of prompt adds to a step; 0 while nothing was measured. */
  get promptRowMs(): number {
    return this.#promptRow.value ?? 0
  }
}

function bucketOf(rows: number): number {
  return Math.ceil(Math.log2(rows))
}
