/** Steps of a sixteenth of a nat of the tempered logit, 64 nats deep; what lies deeper (weights below 1e-27) shares the last one. */
const steps = 1024
const stepsPerNat = 16

/**
 * Tokens by falling logit, equal logits by the smaller id, with the weight exp((logit - largest) / temperature) of each.
 * A place in this order is found through buckets of near logits, and only the bucket in question is sorted: the whole vocabulary never is.
 * Tokens at -Infinity are left out.
 */
export class RankedTokens {
  readonly #logits: Float32Array
  readonly #temperature: number
  readonly #top: number
  /** Tokens by bucket; those of bucket b lie from #starts[b] to #starts[b + 1]. */
  readonly #tokens: Int32Array
  readonly #starts = new Int32Array(steps + 1)
  readonly #masses = new Float64Array(steps)
  readonly #sorted = new Set<number>()

  /** @param tokens the tokens to rank, each once; default all */
  constructor(logits: Float32Array, temperature: number, tokens?: readonly number[]) {
    this.#logits = logits
    this.#temperature = temperature
    const length = tokens?.length ?? logits.length
    let top = -Infinity
    for (let index = 0; index < length; index++) top = Math.max(top, logits[tokens ? tokens[index]! : index]!)
    this.#top = top
    const buckets = new Int16Array(length)
    const [starts, masses] = [this.#starts, this.#masses]
    for (let index = 0; index < length; index++) {
      const fall = (top - logits[tokens ? tokens[index]! : index]!) / temperature
      const bucket = fall < steps / stepsPerNat ? Math.floor(fall * stepsPerNat) : fall < Infinity ? steps - 1 : -1
      buckets[index] = bucket
      if (bucket < 0) continue
      starts[bucket + 1]! += 1
      masses[bucket]! += Math.exp(-fall)
    }
    for (let bucket = 0; bucket < steps; bucket++) starts[bucket + 1]! += starts[bucket]!
    const next = starts.slice(0, steps)
    this.#tokens = new Int32Array(starts[steps]!)
    for (let index = 0; index < length; index++) {
      const bucket = buckets[index]!
      if (bucket < 0) continue
      this.#tokens[next[bucket]!] = tokens ? tokens[index]! : index
      next[bucket]! += 1
    }
  }

  /** How many tokens are ranked. */
  get count(): number {
    return this.#tokens.length
  }

  /** The summed weight of the first `count` tokens. */
  massOf(count: number): number {
    let mass = 0
    for (let bucket = 0; bucket < steps; bucket++) {
      if (this.#starts[bucket + 1]! <= count) mass += this.#masses[bucket]!
      else return mass + this.#within(bucket).slice(0, count - this.#starts[bucket]!).reduce((sum, token) => sum + this.#weight(token), 0)
    }
    return mass
  }

  /** The least number of leading tokens whose summed weight is at least `mass`; all when it never is. */
  leadingMass(mass: number): number {
    return this.#find((sum) => sum >= mass).place + 1 || this.count
  }

  /** The number of leading tokens whose weight is at least `weight`. */
  leadingWeight(weight: number): number {
    for (let bucket = 0; bucket < steps; bucket++) {
      // Every weight of a bucket is above the bound of the next one.
      if (Math.exp(-(bucket + 1) / stepsPerNat) > weight && bucket < steps - 1) continue
      const below = this.#within(bucket).findIndex((token) => this.#weight(token) < weight)
      if (below >= 0) return this.#starts[bucket]! + below
    }
    return this.count
  }

  /** The first token at which the summed weight rises above `mass`; the token at place `count - 1` when it is not reached before. */
  tokenAtMass(mass: number, count: number): number {
    const { place, token } = this.#find((sum) => sum > mass)
    if (place >= 0 && place < count) return token
    return this.#at(count - 1)
  }

  #at(place: number): number {
    let bucket = 0
    while (this.#starts[bucket + 1]! <= place) bucket += 1
    return this.#within(bucket)[place - this.#starts[bucket]!]!
  }

  #find(reached: (sum: number) => boolean): { place: number; token: number } {
    let sum = 0
    for (let bucket = 0; bucket < steps; bucket++) {
      if (this.#starts[bucket + 1] === this.#starts[bucket]) continue
      if (!reached(sum + this.#masses[bucket]!)) {
        sum += this.#masses[bucket]!
        continue
      }
      const tokens = this.#within(bucket)
      for (let index = 0; index < tokens.length; index++) {
        sum += this.#weight(tokens[index]!)
        // The bucket holds the place: sums in another order may miss it by a last digit.
        if (reached(sum) || index === tokens.length - 1) return { place: this.#starts[bucket]! + index, token: tokens[index]! }
      }
    }
    return { place: -1, token: -1 }
  }

  #weight(token: number): number {
    return Math.exp((this.#logits[token]! - this.#top) / this.#temperature)
  }

  /** The tokens of a bucket, sorted. */
  #within(bucket: number): Int32Array {
    const tokens = this.#tokens.subarray(this.#starts[bucket]!, this.#starts[bucket + 1]!)
    if (!this.#sorted.has(bucket)) {
      tokens.sort((a, b) => this.#logits[b]! - this.#logits[a]! || a - b)
      this.#sorted.add(bucket)
    }
    return tokens
  }
}
