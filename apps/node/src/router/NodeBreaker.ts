import type { RouterSettings } from './RouterSettings.ts'

/** Spares a node that fails: after several failures running it rests, twice as long each time, and then gets one trial order. */
export class NodeBreaker {
  readonly #settings: RouterSettings['breaker']
  #failures = 0
  #restMs = 0
  #restsUntil = 0
  #trying = false

  constructor(settings: RouterSettings['breaker']) {
    this.#settings = settings
  }

  /** `trial`: the rest is over, and nobody has tried the node since. */
  state(now: number): 'closed' | 'resting' | 'trial' {
    if (this.#restMs === 0) return 'closed'
    return now < this.#restsUntil || this.#trying ? 'resting' : 'trial'
  }

  /** Until when it rests; 0 when it does not. */
  get restsUntil(): number {
    return this.#restMs === 0 ? 0 : this.#restsUntil
  }

  /** An order begins. */
  began(): void {
    if (this.#restMs > 0) this.#trying = true
  }

  succeeded(): void {
    this.#failures = 0
    this.#restMs = 0
    this.#trying = false
  }

  failed(now: number): void {
    const { failures, restMs, longestRestMs } = this.#settings
    this.#failures += 1
    const trial = this.#trying
    this.#trying = false
    if (this.#failures < failures && !trial) return
    // Orders that were on their way when it began to rest say nothing new.
    if (this.#restMs > 0 && !trial) return
    this.#restMs = Math.min(longestRestMs, this.#restMs === 0 ? restMs : 2 * this.#restMs)
    this.#restsUntil = now + this.#restMs
  }

  /** An order ended and says nothing of the node. */
  withdrawn(): void {
    this.#trying = false
  }
}
