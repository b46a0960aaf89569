import { fail } from '@openledger/protocol'
import { compileSchema } from './compileSchema.ts'
import { SchemaRecogniser } from './SchemaRecogniser.ts'
import type { Positions, Stack } from './Stack.ts'
import { type Survey, TextMasks } from './TextMasks.ts'
import { type TokenSource, TokenTrie } from './TokenTrie.ts'

/** What masks may take: so many walks over the whole vocabulary at once, and one more for every token. */
const freeWalks = 64

/** Holds one answer to a JSON Schema: only tokens that keep its text the beginning of a valid document are allowed, and the end only after a whole one. */
export class SchemaConstraint {
  readonly #vocabulary: TokenSource
  readonly #trie: TokenTrie
  readonly #masks: TextMasks
  readonly #recogniser: SchemaRecogniser
  readonly #surveys = new Set<Survey>()
  #positions: Positions
  /** Steps that this answer took, counted alike wherever it is executed: what is remembered from other answers counts, too. */
  #steps = 0
  #accepted = 0

  /** @param schema as JSON text @throws InputError `SCHEMA_UNSUPPORTED` */
  constructor(schema: string, vocabulary: TokenSource) {
    this.#vocabulary = vocabulary
    this.#recogniser = new SchemaRecogniser(compileSchema(schema))
    this.#positions = this.#recogniser.start
    this.#trie = TokenTrie.of(vocabulary)
    this.#masks = TextMasks.of(this.#trie)
  }

  /** Whether the document is whole and nothing can follow. */
  get ended(): boolean {
    return this.#positions.complete && this.#positions.tops.length === 0
  }

  /**
   * Copies the logits of the tokens that are allowed next, and sets all others to -Infinity.
   * @param into as long as `logits`; overwritten
   * @throws InputError `SCHEMA_TOO_COSTLY` when finding the tokens takes too long for this schema
   */
  mask(logits: Float32Array, into: Float32Array): void {
    into.fill(-Infinity)
    for (const top of this.#positions.tops) {
      top.tokens ??= this.#tokensOf(top)
      for (const tokens of top.tokens) for (const token of tokens) into[token] = logits[token]!
    }
    if (this.#positions.complete) for (const token of this.#trie.endTokens) into[token] = logits[token]!
  }

  /** Goes on behind a token. @throws InputError `SCHEMA_TOKEN` for one that is not allowed */
  accept(token: number): void {
    for (const byte of this.#vocabulary.piece(token)) {
      const next = this.#recogniser.after(this.#positions, byte)
      if (!next) fail('SCHEMA_TOKEN', `token ${token} does not continue a valid document`, { field: 'token' })
      this.#positions = next
    }
    this.#accepted += 1
  }

  #tokensOf(top: Stack): Int32Array[] {
    const found: number[] = []
    const collect = (node: number): void => {
      for (const token of this.#trie.tokensAt(node)) found.push(token)
    }
    const after = (positions: Positions, byte: number): Positions | null => {
      this.#spend(positions.tops.length)
      return this.#recogniser.after(positions, byte)
    }
    const body = top.item.kind === 'scanner' ? top.item.scanner.body : undefined
    if (!body) {
      this.#trie.walk<Positions>(0, { tops: [top], complete: false }, after, collect)
      return [Int32Array.from(found)]
    }
    const { tokens, exits, survey } = this.#masks.at(body)
    if (!this.#surveys.has(survey)) this.#spend(survey.visits)
    this.#surveys.add(survey)
    const below = this.#recogniser.below(top)
    for (const node of exits) {
      collect(node)
      this.#trie.walk(node, below, after, collect)
    }
    return [tokens, Int32Array.from(found)]
  }

  #spend(steps: number): void {
    this.#steps += steps
    if (this.#steps > (freeWalks + this.#accepted) * this.#trie.size) fail('SCHEMA_TOO_COSTLY', 'the JSON schema takes too long to follow', { field: 'response_format', fix: 'use fewer alternatives and simpler patterns' })
  }
}
