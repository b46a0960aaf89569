import { UpstreamFault } from './UpstreamFault.ts'

export type CircuitBreakerOptions = {
  /** Failures running that open the circuit. */
  failures: number
  /** How long it stays open before one probe is let through, milliseconds. */
  restMs: number
  now: () => number
  /** Whether the server is well; throws when not. */
  probe: () => Promise<void>
}

/** Spares a failing server: after several failures running, requests fail at once until a probe finds the server well. */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  #failures = 0
  #openUntil: number | undefined
  #probing: Promise<void> | undefined

  constructor(options: CircuitBreakerOptions) {
    this.#options = options
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#probing) return 'half-open'
    return this.#openUntil === undefined ? 'closed' : 'open'
  }

  /** Lets a request pass, or probes first when the rest is over. @throws UpstreamFault UPSTREAM_AWAY while the server rests; the probe's error */
  async admit(): Promise<void> {
    if (this.#openUntil === undefined) return
    const left = this.#openUntil - this.#options.now()
    if (left > 0 && !this.#probing) {
      throw new UpstreamFault('UPSTREAM_AWAY', 'the upstream server has failed several times and is left alone for a while', { retryAfterMs: left, fix: 'look at its log' })
    }
    this.#probing ??= this.#probe().finally(() => (this.#probing = undefined))
    await this.#probing
  }

  succeeded(): void {
    this.#failures = 0
  }

  failed(): void {
    this.#failures += 1
    if (this.#failures >= this.#options.failures) this.#openUntil = this.#options.now() + this.#options.restMs
  }

  async #probe(): Promise<void> {
    try {
      await this.#options.probe()
    } catch (error) {
      this.#openUntil = this.#options.now() + this.#options.restMs
      throw error
    }
    this.#openUntil = undefined
    this.#failures = 0
  }
}
