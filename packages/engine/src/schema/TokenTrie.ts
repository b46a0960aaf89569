/** A tokenizer's tokens: how many, the bytes of each, and which end an answer. */
export type TokenSource = { readonly size: number; piece(token: number): Uint8Array; endsGeneration(token: number): boolean }

/** Tokens with more bytes than this are not used where a text is held to a schema. */
export const longestToken = 512

const tries = new WeakMap<TokenSource, TokenTrie>()

/** The bytes of a vocabulary's tokens as a trie, in the order of a walk from the root down. Control tokens and tokens that end an answer are not in it. */
export class TokenTrie {
  readonly #bytes: Uint8Array
  readonly #depths: Uint16Array
  /** The first node after a node's descendants. */
  readonly #ends: Int32Array
  /** The tokens of node n lie from #starts[n] to #starts[n + 1]. */
  readonly #starts: Int32Array
  readonly #tokens: Int32Array
  /** The tokens that end an answer. */
  readonly endTokens: readonly number[]

  /** The trie of a vocabulary; made when it is first asked for. */
  static of(vocabulary: TokenSource): TokenTrie {
    let trie = tries.get(vocabulary)
    if (!trie) tries.set(vocabulary, (trie = new TokenTrie(vocabulary)))
    return trie
  }

  constructor(vocabulary: TokenSource) {
    const endTokens: number[] = []
    const pieces: { token: number; bytes: Buffer }[] = []
    for (let token = 0; token < vocabulary.size; token++) {
      if (vocabulary.endsGeneration(token)) endTokens.push(token)
      else {
        const piece = vocabulary.piece(token)
        if (piece.length > 0 && piece.length <= longestToken) pieces.push({ token, bytes: Buffer.from(piece.buffer, piece.byteOffset, piece.length) })
      }
    }
    pieces.sort((a, b) => Buffer.compare(a.bytes, b.bytes) || a.token - b.token)
    this.endTokens = endTokens
    this.#tokens = Int32Array.from(pieces, ({ token }) => token)
    const bytes = [0]
    const depths = [0]
    const starts = [0]
    let last: Uint8Array = new Uint8Array(0)
    pieces.forEach(({ bytes: piece }, index) => {
      let shared = 0
      while (shared < last.length && last[shared] === piece[shared]) shared += 1
      for (let depth = shared; depth < piece.length; depth++) {
        bytes.push(piece[depth]!)
        depths.push(depth + 1)
        starts.push(index)
      }
      last = piece
    })
    this.#bytes = Uint8Array.from(bytes)
    this.#depths = Uint16Array.from(depths)
    this.#starts = Int32Array.from([...starts, pieces.length])
    this.#ends = new Int32Array(bytes.length)
    const open: number[] = []
    for (let node = 0; node <= bytes.length; node++) {
      while (open.length > 0 && (node === bytes.length || depths[open.at(-1)!]! >= depths[node]!)) this.#ends[open.pop()!] = node
      if (node < bytes.length) open.push(node)
    }
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#bytes.length
  }

  /** The tokens that end at a node. */
  tokensAt(node: number): Int32Array {
    // A node's own tokens come first; those of its first descendant begin where they stop.
    return this.#tokens.subarray(this.#starts[node]!, this.#starts[node + 1]!)
  }

  /**
   * Walks down from a node (0: the root) with a state that each byte changes.
   * @param after the state after a byte, or null to leave that branch out
   * @param visit called for every node below that is reached
   */
  walk<State>(node: number, state: State, after: (state: State, byte: number) => State | null, visit: (node: number, state: State) => void): void {
    const base = this.#depths[node]!
    const states: State[] = [state]
    for (let at = node + 1; at < this.#ends[node]!; ) {
      const depth = this.#depths[at]! - base
      const next = after(states[depth - 1]!, this.#bytes[at]!)
      if (next === null) {
        at = this.#ends[at]!
        continue
      }
      states[depth] = next
      visit(at, next)
      at += 1
    }
  }
}
