import type { Scanner } from './scanners/Scanner.ts'
import type { TokenTrie } from './TokenTrie.ts'

/** The tokens that a scanner takes from beginning to end, and the trie's nodes at which its part is complete. */
export type ScannerMask = { tokens: Int32Array; exits: readonly number[] }

const kept = 64
const shared = new WeakMap<TokenTrie, Map<string, ScannerMask>>()

/** Token masks of scanners that take a large part of the vocabulary; the last few of a vocabulary are remembered, for all answers. */
export class ScannerMasks {
  readonly #trie: TokenTrie
  readonly #known: Map<string, ScannerMask>

  constructor(trie: TokenTrie) {
    this.#trie = trie
    this.#known = shared.get(trie) ?? new Map<string, ScannerMask>()
    shared.set(trie, this.#known)
  }

  of(scanner: Scanner): ScannerMask {
    const key = scanner.key
    const known = this.#known.get(key)
    if (known) {
      // Used again: the last to be forgotten.
      this.#known.delete(key)
      this.#known.set(key, known)
      return known
    }
    const tokens: number[] = []
    const exits: number[] = []
    this.#trie.walk(
      0,
      scanner,
      (state, byte) => state.after(byte),
      (node, state) => {
        for (const token of this.#trie.tokensAt(node)) tokens.push(token)
        if (state.ended) exits.push(node)
      },
    )
    const mask = { tokens: Int32Array.from(tokens), exits }
    this.#known.set(key, mask)
    if (this.#known.size > kept) this.#known.delete(this.#known.keys().next().value!)
    return mask
  }
}
