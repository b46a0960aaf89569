import { fail } from '@openledger/protocol'
import { byteAlphabet } from './byteAlphabet.ts'
import { splitText } from './splitText.ts'
import type { BpeVocabulary } from './trainBpe.ts'

/** Encodes and decodes text with a {@link BpeVocabulary}; gives libllama's ids for `tokenizer.ggml.pre = "smollm"`. */
export class BpeEncoder {
  private readonly ids = new Map<string, number>()
  private readonly ranks = new Map<string, number>()
  private readonly bytes = new Map<string, number>(byteAlphabet.map((character, byte) => [character, byte]))
  private readonly cache = new Map<string, readonly number[]>()
  private readonly control: RegExp | undefined
  private readonly vocabulary: BpeVocabulary

  constructor(vocabulary: BpeVocabulary) {
    this.vocabulary = vocabulary
    vocabulary.tokens.forEach((token, id) => this.ids.set(token, id))
    vocabulary.merges.forEach((merge, rank) => this.ranks.set(merge, rank))
    const escaped = vocabulary.control.map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    this.control = escaped.length === 0 ? undefined : new RegExp(`(${escaped.join('|')})`)
  }

  /** Token ids of a text. With `control`, spellings of control tokens become those tokens; without, plain text. */
  encode(text: string, options: { control?: boolean } = {}): number[] {
    const ids: number[] = []
    const parts = options.control && this.control ? text.split(this.control) : [text]
    parts.forEach((part, i) => {
      if (i % 2 === 1) ids.push(this.ids.get(part)!)
      else for (const piece of splitText(part)) ids.push(...this.piece(piece))
    })
    return ids
  }

  /** Text of token ids; control tokens are written out, incomplete UTF-8 becomes U+FFFD. Fails on an unknown id. */
  decode(ids: readonly number[]): string {
    const bytes: number[] = []
    for (const id of ids) {
      const token = this.vocabulary.tokens[id]
      if (token === undefined) return fail('TOKEN_ID', `there is no token ${id} in a vocabulary of ${this.ids.size}`)
      if (id < this.vocabulary.control.length) bytes.push(...new TextEncoder().encode(token))
      else for (const character of token) bytes.push(this.bytes.get(character)!)
    }
    return new TextDecoder().decode(Uint8Array.from(bytes))
  }

  private piece(piece: string): readonly number[] {
    const known = this.cache.get(piece)
    if (known !== undefined) return known
    const parts = Array.from(new TextEncoder().encode(piece), (byte) => byteAlphabet[byte]!)
    for (;;) {
      let best = -1
      let lowest = Infinity
      for (let i = 1; i < parts.length; i += 1) {
        const rank = this.ranks.get(`${parts[i - 1]} ${parts[i]}`)
        if (rank !== undefined && rank < lowest) {
          lowest = rank
          best = i
        }
      }
      if (best < 0) break
      parts.splice(best - 1, 2, parts[best - 1]! + parts[best]!)
    }
    const ids = parts.map((part) => this.ids.get(part)!)
    if (this.cache.size < 200_000) this.cache.set(piece, ids)
    return ids
  }
}
