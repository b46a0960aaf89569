/** A mean in which older values count less: the weight of each halves with every half-life, so that it cools down to what is known otherwise. */
export class DecayedMean {
  readonly #halfLifeMs: number
  #sum = 0
  #weight = 0
  #at = 0

  /** @param halfLifeMs above 0 */
  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs
  }

  /** Adds a value with weight 1. @param now milliseconds; times never go back */
  add(value: number, now: number): void {
    this.#decay(now)
    this.#sum += value
    this.#weight += 1
  }

  /** How many fresh values what is left counts for. */
  weight(now: number): number {
    this.#decay(now)
    return this.#weight
  }

  /** The mean, with a prior that counts for `priorWeight` values; the prior itself when there is nothing else. */
  mean(now: number, prior: number, priorWeight: number): number {
    this.#decay(now)
    const weight = this.#weight + priorWeight
    return weight > 0 ? (this.#sum + prior * priorWeight) / weight : prior
  }

  #decay(now: number): void {
    const factor = now > this.#at ? 2 ** ((this.#at - now) / this.#halfLifeMs) : 1
    this.#sum *= factor
    this.#weight *= factor
    this.#at = Math.max(this.#at, now)
  }
}
