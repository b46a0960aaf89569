/**
 * Sums by key in bounded memory: the heaviest keys are exact or counted too high by at most the sum of the lightest one that is kept
 * (Space-Saving; Metwally, Agrawal and El Abbadi 2005).
 */
export class TopCounts {
  readonly #most: number
  readonly #sums = new Map<string, number>()

  /** @param most keys that are kept */
  constructor(most: number) {
    this.#most = most
  }

  add(key: string, amount: number): void {
    const known = this.#sums.get(key)
    if (known !== undefined || this.#sums.size < this.#most) {
      this.#sums.set(key, (known ?? 0) + amount)
      return
    }
    let [lightest, least] = ['', Infinity]
    for (const [candidate, sum] of this.#sums) if (sum < least) [lightest, least] = [candidate, sum]
    this.#sums.delete(lightest)
    this.#sums.set(key, least + amount)
  }

  /** The heaviest keys with their sums, heaviest first. */
  top(count: number): { key: string; sum: number }[] {
    return [...this.#sums].map(([key, sum]) => ({ key, sum })).sort((a, b) => b.sum - a.sum).slice(0, count)
  }
}
