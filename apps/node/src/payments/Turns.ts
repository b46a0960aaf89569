/** Work that waits for what was begun before it under the same key. */
export class Turns {
  /** No Map, as in dispatch/Alarms: what ends keeps nothing of what comes. */
  readonly #last = Object.create(null) as Record<string, Promise<unknown>>

  /** Does `work` when all that was given before it under this key has ended, well or not. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last[key] ?? Promise.resolve()).then(work)
    const settled = turn.catch(() => undefined)
    this.#last[key] = settled
    try {
      return await turn
    } finally {
      if (this.#last[key] === settled) delete this.#last[key]
    }
  }
}
