import type { RoutedNode } from './RoutedNode.ts'
import type { RouterSettings } from './RouterSettings.ts'

/** Most hedges that are saved up while none is needed. */
const mostSaved = 4

/** When a first token is late, and how often that may be answered with a second order. */
export class HedgeRule {
  readonly #settings: RouterSettings
  #saved = 1

  constructor(settings: RouterSettings) {
    this.#settings = settings
  }

  /** An order was given: it earns a part of a hedge. */
  earn(): void {
    this.#saved = Math.min(mostSaved, this.#saved + this.#settings.hedge.share)
  }

  /** Takes a hedge, if one is there. */
  take(): boolean {
    if (this.#saved < 1) return false
    this.#saved -= 1
    return true
  }

  /** After how long a first token is late among these peers, milliseconds; undefined while too little is known of them. */
  lateAfterMs(peers: readonly RoutedNode[], now: number): number | undefined {
    const { deviations, shortestMs, measurements } = this.#settings.hedge
    let [weight, sum, error] = [0, 0, 0]
    for (const { firstToken, firstTokenError } of peers) {
      const own = firstToken.weight(now)
      weight += own
      sum += own * firstToken.mean(now, 0, 0)
      error += own * firstTokenError.mean(now, 0, 0)
    }
    if (weight < measurements) return undefined
    return Math.max(shortestMs, Math.exp(sum / weight + (deviations * error) / weight))
  }
}
