/**
 * Watches a growing text for stop strings and holds back what may still become one.
 * Fed with bytes, because a token can end inside a UTF-8 character.
 */
export class StopMatcher {
  readonly #stops: readonly string[]
  readonly #decoder = new TextDecoder('utf-8')
  #held = ''
  #text = ''
  #stopped = false

  constructor(stops: readonly string[]) {
    this.#stops = stops
  }

  /** The text that was let out so far. */
  get text(): string {
    return this.#text
  }

  /** Whether a stop string was met; nothing is let out any more. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** Takes the bytes of one token and returns the text that is now certain. */
  push(bytes: Uint8Array): string {
    if (this.#stopped) return ''
    return this.#release(this.#held + this.#decoder.decode(bytes, { stream: true }), false)
  }

  /** Ends the text and returns what was held back. */
  finish(): string {
    if (this.#stopped) return ''
    return this.#release(this.#held + this.#decoder.decode(), true)
  }

  #release(pending: string, final: boolean): string {
    const starts = this.#stops.map((stop) => pending.indexOf(stop)).filter((index) => index >= 0)
    let certain = pending.length
    if (starts.length > 0) {
      certain = Math.min(...starts)
      this.#stopped = true
    } else if (!final) {
      certain = pending.length - this.#openSuffix(pending)
    }
    const out = pending.slice(0, certain)
    this.#held = this.#stopped ? '' : pending.slice(certain)
    this.#text += out
    return out
  }

  /** Length of the longest end of the text that begins a stop string. */
  #openSuffix(text: string): number {
    let most = 0
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > most; length--) {
        if (stop.startsWith(text.slice(text.length - length))) most = length
      }
    }
    return most
  }
}
