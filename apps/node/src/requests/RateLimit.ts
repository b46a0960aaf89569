import { OpenLedgerError } from '@openledger/protocol'

type Bucket = { tokens: number; at: number }

/** Lets each caller make `perMinute` calls a minute, `burst` of them at once; forgets callers that have been quiet. */
export class RateLimit {
  readonly #perMs: number
  readonly #burst: number
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()

  constructor(options: { perMinute: number; burst: number; now: () => number }) {
    this.#perMs = options.perMinute / 60_000
    this.#burst = options.burst
    this.#now = options.now
  }

  /** Counts one call; throws OpenLedgerError RATE_LIMITED (429) when there are too many. */
  take(caller: string): void {
    const now = this.#now()
    const bucket = this.#buckets.get(caller) ?? { tokens: this.#burst, at: now }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (now - bucket.at) * this.#perMs)
    bucket.at = now
    this.#buckets.set(caller, bucket)
    if (this.#buckets.size > 10_000) this.#sweep(now)
    if (bucket.tokens < 1) throw new OpenLedgerError('RATE_LIMITED', 'too many calls', { action: 'retry', status: 429, fix: `wait ${Math.ceil((1 - bucket.tokens) / this.#perMs)} ms and try again` })
    bucket.tokens -= 1
  }

  #sweep(now: number): void {
    for (const [caller, bucket] of this.#buckets) if (bucket.tokens + (now - bucket.at) * this.#perMs >= this.#burst) this.#buckets.delete(caller)
  }
}
