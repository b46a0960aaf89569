/** An exponential average that starts with its first value. */
export class Average {
  readonly #weight: number
  #value: number | null = null

  /** @param weight of each new value, in (0, 1] */
  constructor(weight: number) {
    this.#weight = weight
  }

  add(value: number): void {
    this.#value = this.#value === null ? value : this.#value + this.#weight * (value - this.#value)
  }

  /** Null before the first value. */
  get value(): number | null {
    return this.#value
  }
}
