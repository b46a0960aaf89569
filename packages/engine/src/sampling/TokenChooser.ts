import { fail, type Sampling } from '@openledger/protocol'
import { SchemaConstraint } from '../schema/SchemaConstraint.ts'
import type { TokenSource } from '../schema/TokenTrie.ts'
import { chooseToken } from './chooseToken.ts'
import { CounterRandom } from './CounterRandom.ts'
import { changesLogits, penalise } from './penalise.ts'
import { tokenMargin } from './tokenMargin.ts'

/**
 * Chooses the tokens of one answer, by its sampling parameters alone, so that an audit chooses the same. For each token, in this order:
 * tokens that the schema does not allow are taken out, then repetition penalty, presence and frequency penalty, biases (see penalise),
 * then temperature, top-k, top-p, min-p and the draw (see chooseToken). Draw number i decides answer token i.
 */
export class TokenChooser {
  readonly #sampling: Sampling
  readonly #random: CounterRandom
  readonly #constraint: SchemaConstraint | null
  readonly #changes: boolean
  readonly #seen: Set<number>
  readonly #generated = new Map<number, number>()
  #scratch: Float32Array | undefined

  /** @throws InputError `SCHEMA_UNSUPPORTED` when the schema cannot be followed */
  constructor(sampling: Sampling, vocabulary: TokenSource, promptTokens: readonly number[]) {
    this.#sampling = sampling
    this.#random = new CounterRandom(sampling.seed)
    this.#constraint = sampling.jsonSchema === undefined ? null : new SchemaConstraint(sampling.jsonSchema, vocabulary)
    this.#changes = changesLogits(sampling)
    this.#seen = new Set(promptTokens)
  }

  /** Whether the schema's document is whole and nothing can follow: the answer ends without an end token. */
  get ended(): boolean {
    return this.#constraint?.ended ?? false
  }

  /**
   * The next token.
   * @param logits raw, one per token; not changed
   * @param index how many tokens the answer has
   * @throws InputError `NO_TOKEN` when the schema leaves no token of this vocabulary
   */
  choose(logits: Float32Array, index: number): number {
    const { temperature } = this.#sampling
    const token = chooseToken(this.#final(logits), this.#sampling, temperature === 0 ? 0 : this.#random.at(index))
    return token >= 0 ? token : fail('NO_TOKEN', 'no token of this model can come next: none continues the schema, or the logits are not numbers', { field: 'response_format', action: 'stop' })
  }

  /**
   * How far logits would have to be others for one of these tokens to be chosen: the least of their margins (see `tokenMargin`).
   * @param logits raw, one per token; not changed
   * @param index how many tokens the answer has
   * @param tokens at least one
   */
  margin(logits: Float32Array, index: number, tokens: readonly number[]): number {
    const { temperature } = this.#sampling
    const [final, draw] = [this.#final(logits), temperature === 0 ? 0 : this.#random.at(index)]
    return tokens.reduce((least, token) => Math.min(least, tokenMargin(final, this.#sampling, draw, token)), Infinity)
  }

  /** Takes note of a token of the answer; not of one that ends it. */
  accept(token: number): void {
    this.#seen.add(token)
    this.#generated.set(token, (this.#generated.get(token) ?? 0) + 1)
    this.#constraint?.accept(token)
  }

  /** The logits as they are to be chosen from; those given when nothing changes them. */
  #final(logits: Float32Array): Float32Array {
    if (!this.#changes && !this.#constraint) return logits
    const scratch = (this.#scratch ??= new Float32Array(logits.length))
    if (this.#constraint) this.#constraint.mask(logits, scratch)
    else scratch.set(logits)
    if (this.#changes) penalise(scratch, this.#sampling, { seen: this.#seen, generated: this.#generated })
    return scratch
  }
}
