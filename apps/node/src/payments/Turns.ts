/** Work that waits for what was begun before it under the same key. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Does `work` when all that was given before it under this key has ended, well or not. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(work)
    const settled = turn.catch(() => undefined)
    this.#last.set(key, settled)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    }
  }
}
