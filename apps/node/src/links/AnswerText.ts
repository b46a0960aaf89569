import { StopMatcher } from '@openledger/engine'

/** The bytes of a token. */
export type PieceOf = (token: number) => Uint8Array

/** Makes the text of an answer from its tokens as they come, so that nobody has to be believed about it. */
export class AnswerText {
  readonly #matcher: StopMatcher
  readonly #pieceOf: PieceOf

  /** @param answered tokens that the answer has already */
  constructor(stop: readonly string[], pieceOf: PieceOf, answered: readonly number[]) {
    this.#matcher = new StopMatcher(stop)
    this.#pieceOf = pieceOf
    for (const token of answered) this.push(token)
  }

  /** Whether a stop string was met. */
  get stopped(): boolean {
    return this.#matcher.stopped
  }

  /** Takes a token and returns the text that is certain with it. */
  push(token: number): string {
    return this.#matcher.push(this.#pieceOf(token))
  }

  /** Ends the answer and returns all of its text. */
  finish(): string {
    this.#matcher.finish()
    return this.#matcher.text
  }
}
