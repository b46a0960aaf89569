import type { Scanner } from './Scanner.ts'

let made = 0

/** Recognises one of several fixed texts. */
export class LiteralScanner implements Scanner {
  readonly key = `literal ${made++}`
  accepting = false
  readonly #next = new Map<number, LiteralScanner>()

  /** Reads any of these texts, none of them empty. */
  static of(texts: Iterable<string>): LiteralScanner {
    const root = new LiteralScanner()
    for (const text of texts) {
      let at = root
      for (const byte of new TextEncoder().encode(text)) {
        let next = at.#next.get(byte)
        if (!next) at.#next.set(byte, (next = new LiteralScanner()))
        at = next
      }
      at.accepting = true
    }
    return root
  }

  get ended(): boolean {
    return this.#next.size === 0
  }

  after(byte: number): Scanner | null {
    return this.#next.get(byte) ?? null
  }
}
