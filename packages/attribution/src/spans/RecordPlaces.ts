const strideBits = 6

/** Which record a position of the text lies in: the record at every 64th position, and a short walk from there. */
export class RecordPlaces {
  readonly #starts: Int32Array
  readonly #hints: Int32Array

  /** @param starts where each record begins, ascending, and the end; kept */
  constructor(starts: Int32Array) {
    this.#starts = starts
    this.#hints = new Int32Array((starts.at(-1)! >> strideBits) + 1)
    for (let k = 0, record = 0; k < this.#hints.length; k++) {
      while (record + 2 < starts.length && starts[record + 1] <= k << strideBits) record++
      this.#hints[k] = record
    }
  }

  /** The record that holds a position in [0, end). */
  recordAt(position: number): number {
    let record = this.#hints[position >> strideBits]
    while (this.#starts[record + 1] <= position) record++
    return record
  }
}
