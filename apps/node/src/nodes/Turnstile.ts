import { UnavailableError } from '@openledger/protocol'

const retryAfterMs = 250

/** Lets a few do something at once, and each of them one thing at a time, so that nobody can stand in everybody's way. */
export class Turnstile {
  readonly #most: number
  readonly #inside = new Set<string>()

  /** @param most how many at once */
  constructor(most: number) {
    this.#most = most
  }

  /** Does something in the name of somebody. @throws UnavailableError TURN_TAKEN (429); what `work` throws */
  async pass<T>(name: string, work: () => Promise<T>): Promise<T> {
    const key = name.toLowerCase()
    const isTaken = this.#inside.has(key)
    if (isTaken || this.#inside.size >= this.#most) {
      throw new UnavailableError('TURN_TAKEN', isTaken ? 'this is being done already' : 'others are being served just now', { status: 429, action: 'retry', retryAfterMs, fix: `try again in ${retryAfterMs} ms` })
    }
    this.#inside.add(key)
    try {
      return await work()
    } finally {
      this.#inside.delete(key)
    }
  }
}
